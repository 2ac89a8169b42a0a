import { Args } from '@oclif/core';

/** The argument of commands that work with a plan. */
export const planArgument = { plan: Args.string({ description: 'The folder of the plan; by default the one that was planned last in this workspace.' }) };
