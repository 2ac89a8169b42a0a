/** First three digits of the zip codes of each state (USPS publication L002), as ranges. `CT 71260` is a procedure code, not Connecticut. */
const PREFIXES: ReadonlyMap<string, string> = new Map(
  (
    'AL 350-369 ALABAMA|AK 995-999 ALASKA|AZ 850-865 ARIZONA|AR 716-729 ARKANSAS|CA 900-961 CALIFORNIA|CO 800-816 COLORADO|CT 060-069 CONNECTICUT|DE 197-199 DELAWARE|DC 200-205|FL 320-349 FLORIDA|' +
    'GA 300-319,398-399 GEORGIA|HI 967-968 HAWAII|ID 832-838 IDAHO|IL 600-629 ILLINOIS|IN 460-479 INDIANA|IA 500-528 IOWA|KS 660-679 KANSAS|KY 400-427 KENTUCKY|LA 700-714 LOUISIANA|' +
    'ME 039-049 MAINE|MD 206-219 MARYLAND|MA 010-027,055-055 MASSACHUSETTS|MI 480-499 MICHIGAN|MN 550-567 MINNESOTA|MS 386-397 MISSISSIPPI|MO 630-658 MISSOURI|MT 590-599 MONTANA|NE 680-693 NEBRASKA|' +
    'NV 889-898 NEVADA|NH 030-038 HAMPSHIRE|NJ 070-089 JERSEY|NM 870-884 MEXICO|NY 004-005,100-149 YORK|NC 270-289 CAROLINA|ND 580-588 DAKOTA|OH 430-459 OHIO|OK 730-749 OKLAHOMA|OR 970-979 OREGON|' +
    'PA 150-196 PENNSYLVANIA|PR 006-009|RI 028-029 ISLAND|SC 290-299|SD 570-577|TN 370-385 TENNESSEE|TX 733-733,750-799,885-885 TEXAS|UT 840-847 UTAH|VT 050-054,056-059 VERMONT|VA 201-201,220-246 VIRGINIA|' +
    'WA 980-994 WASHINGTON|WV 247-268|WI 530-549 WISCONSIN|WY 820-831 WYOMING|CAROLINA 270-299|DAKOTA 570-588|VIRGINIA 201-201,220-268'
  )
    .split('|')
    .flatMap((row) => {
      const [state = '', ranges = '', name] = row.split(' ');
      return [[state, ranges] as const, ...(name === undefined ? [] : [[name, ranges] as const])];
    }),
);

/** Whether a five-digit zip code lies in a state, given by its capitals, abbreviated or the last word of its name. */
export function isZipOfState(state: string, zip: number): boolean {
  const prefix = Math.floor(zip / 100);
  return (PREFIXES.get(state) ?? '').split(',').some((range) => {
    const [low = '', high = ''] = range.split('-');
    return low !== '' && prefix >= Number(low) && prefix <= Number(high);
  });
}
