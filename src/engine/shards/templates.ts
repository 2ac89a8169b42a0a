import { CurationError } from '../../errors.js';

/** What all templates are about. */
export interface TemplateJob {
  name: string;
  folder: string;
  shards: number;
}

/** Children of an array job of AWS Batch. */
const AWS_ARRAY = { least: 2, most: 10_000 };

/** A shell script that submits job arrays, as many as Slurm's MaxArraySize asks for. */
export function slurmScript({ name, folder, shards }: TemplateJob): string {
  return `#!/bin/sh
# Submits the ${shards} shards of a plan to Slurm: sh submit.sh [OPTIONS OF sbatch]
# Submit it again when tasks were lost: shards that are done end at once. Then: colophon shards merge
set -eu
plan=${quoteShell(folder)}
shards=${shards}
most=$(scontrol show config | sed -n 's/^MaxArraySize *= *//p')
most=\${most:-1001}
first=0
while [ "$first" -lt "$shards" ]; do
  count=$((shards - first))
  [ "$count" -le "$most" ] || count=$most
  PLAN=$plan FIRST=$first sbatch --job-name=${name} --array="0-$((count - 1))" --requeue --open-mode=append --chdir="$plan" --output=%A_%a.log --export=PATH,HOME,PLAN,FIRST "$@" <<'JOB'
#!/bin/sh
exec colophon shards run "$PLAN" --index "$((FIRST + SLURM_ARRAY_TASK_ID))" --jobs 1
JOB
  first=$((first + count))
done
`;
}

/** An Indexed Job: a shard that fails for good leaves the others running. Strings are JSON, which is YAML too; `$(` in an argument would be a variable. */
export function kubernetesJob({ name, folder, shards }: TemplateJob, { image, volume, mount }: { image: string; volume: string; mount: string }): string {
  const text = JSON.stringify;
  return `# Runs the ${shards} shards of a plan; kubectl apply -f job.yaml. The index comes as JOB_COMPLETION_INDEX.
# Give it the volume with the plan and the files, under the paths that they have here. Then: colophon shards merge
apiVersion: batch/v1
kind: Job
metadata:
  name: ${text(name)}
spec:
  completionMode: Indexed
  completions: ${shards}
  parallelism: ${Math.min(shards, 50)}
  backoffLimitPerIndex: 5
  maxFailedIndexes: ${shards}
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: shard
          image: ${text(image)}
          args: ["shards", "run", ${text(folder.replaceAll('$(', '$$$$('))}, "--jobs", "1"]
          resources:
            requests: {cpu: "1", memory: "1Gi"}
            limits: {memory: "2Gi"}
          volumeMounts:
            - {name: data, mountPath: ${text(mount)}}
      volumes:
        - name: data
          persistentVolumeClaim: {claimName: ${text(volume)}}
`;
}

/**
 * The request of `aws batch submit-job` for an array job, or for a plain job where there is one shard.
 * @throws {CurationError} USAGE for more shards than an array holds
 */
export function awsBatchJob({ name, folder, shards }: TemplateJob, { queue, definition }: { queue: string; definition: string }): string {
  if (shards > AWS_ARRAY.most)
    throw new CurationError('USAGE', 'An array job of AWS Batch holds no more than 10,000 shards.', { expected: `at most ${AWS_ARRAY.most}`, found: String(shards), suggestions: ['Plan bigger shards: --shard-bytes.'] });
  const array = shards >= AWS_ARRAY.least;
  const command = ['shards', 'run', folder, '--jobs', '1', ...(array ? [] : ['--index', '0'])];
  const request = { jobName: name, jobQueue: queue, jobDefinition: definition, ...(array ? { arrayProperties: { size: shards } } : {}), containerOverrides: { command }, retryStrategy: { attempts: 5 } };
  return `${JSON.stringify(request, null, 2)}\n`;
}

function quoteShell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
