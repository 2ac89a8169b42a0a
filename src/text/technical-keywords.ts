/** Attributes whose digits are codes or versions of software: numbers and dates in them say nothing of a person. Names in them still do. */
const TECHNICAL = new Set([
  'SoftwareVersions', 'CodeValue', 'LongCodeValue', 'CodingSchemeVersion', 'ContextIdentifier', 'MappingResource', 'ImplementationVersionName', 'AlgorithmVersion', 'CodingSchemeDesignator', 'AcquisitionDeviceProcessingCode',
  'ProductCharacteristics', 'ScannerSoftwareVersion', 'PulseSequenceName', 'SequenceName', 'ConvolutionKernel',
]);

/** Whether an attribute, by its keyword, is one of those. */
export function isTechnical(keyword: string | undefined): boolean {
  return keyword !== undefined && TECHNICAL.has(keyword);
}
