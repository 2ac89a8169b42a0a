import { BaseCommand, workspaceFlag } from '../../cli/base-command.js';
import type { GatePolicy } from '../../model/policy.js';

export default class ShowPolicy extends BaseCommand {
  static override summary = 'Print the whole policy of the gate as it is in force here.';
  static override description =
    'Every threshold and list that a check reads: the keys of `gate` in colophon.yaml, upon the policy file that it names, upon the profile. ' +
    'The output is a policy file: keep what you want to change, and name it in gate.policy. Exit status: 0 done, 3 the policy is not valid.';
  static override examples = [
    { description: 'What is in force', command: '<%= config.bin %> checks policy' },
    { description: 'A policy file to edit', command: '<%= config.bin %> checks policy > policy.yaml' },
  ];
  static override flags = { workspace: workspaceFlag };

  async run(): Promise<GatePolicy> {
    const { flags } = await this.parse(ShowPolicy);
    this.begin(flags);
    const { loadPolicy } = await import('../../workspace/policy.js');
    const { rulesTurnedOff, tolerancesOf } = await import('../../checks/policy-rules.js');
    const { stringify } = await import('yaml');
    const policy = loadPolicy(this.workspace(flags));
    rulesTurnedOff(policy);
    tolerancesOf(policy);
    return this.finish(policy, () => stringify(policy, { lineWidth: 120 }));
  }
}
