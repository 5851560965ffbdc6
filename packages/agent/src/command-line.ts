/** The words of fleet-agent's command line. Exit codes: 0 done, 1 it could not be done, 2 a mistake in the arguments or the config. */
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { messageOf } from '@fleetvisor/primitives';
import type { CtlWorld } from './ctl/world.ts';
import type { DaemonRequest } from './daemon/daemon-request.ts';
import { type FoundConfig, findConfig } from './daemon/find-config.ts';
import { parseSupervisordOptions, type SupervisordOptions } from './daemon/supervisord-options.ts';
import { type DaemonVerb, daemonUsage } from './daemon/usage.ts';
import { machineContext } from './layers/machine-context.ts';
import { Users } from './os/users.ts';
import type { RunWorld } from './run-world.ts';
import { supervisorVersion, version } from './version.ts';

/** The process around fleet-agent, whatever it was called for. */
export interface AgentWorld extends RunWorld {
  readonly uid: number;
  readonly terminal: Pick<CtlWorld, 'stdin' | 'stdout' | 'stderr' | 'onInterrupt'>;
}

/** Resolves with the exit code; nothing of the agent runs any more then. */
export async function runAgent(argv: readonly string[], world: AgentWorld): Promise<number> {
  const [verb, ...rest] = argv[0] === 'help' && isSupervisors(argv[1]) ? [argv[1], '-h'] : argv;
  try {
    if (isSupervisors(verb)) return await (verb === 'ctl' ? control(rest, world) : supervise(verb, rest, world));
    if (verb === 'selfcheck') return await proveOurselves(rest, world);
    // Commander is loaded for what is left of the command line: the daemon has no use for it.
    const { runOtherVerb } = await import('./other-verbs.ts');
    return await runOtherVerb(argv, world);
  } catch (error) {
    world.stderr(`fleet-agent: ${messageOf(error)}\n`);
    return 1;
  }
}

/** What follows these verbs is read as Supervisor's own programs read it. */
function isSupervisors(verb: string | undefined): verb is DaemonVerb | 'ctl' {
  return verb === 'run' || verb === 'supervisord' || verb === 'ctl';
}

/** `fleet-agent run` and `fleet-agent supervisord`. */
async function supervise(verb: DaemonVerb, argv: readonly string[], world: AgentWorld): Promise<number> {
  const parsed = parseSupervisordOptions(argv, hostOf(world));
  switch (parsed.kind) {
    case 'help':
      world.stdout(daemonUsage(verb, world.executable));
      return 0;
    case 'version':
      world.stdout(`${verb === 'supervisord' ? supervisorVersion : version}\n`);
      return 0;
    case 'error':
      return refuse(verb, parsed.message, parsed.allowed, world);
    case 'run': {
      const found = configOf(parsed.options, world);
      if (!found.ok) return refuse(verb, found.message, undefined, world);
      // Only now: whoever made a mistake, or asked for help, need not wait for the engine to be loaded.
      const { runDaemon } = await import('./run.ts');
      return runDaemon(requestOf(verb, parsed.options, found.file, world), world);
    }
  }
}

/** `fleet-agent selfcheck FOLDER VERB ...`: a running agent asks this before it lets us take over. */
async function proveOurselves([folder, verb, ...argv]: readonly string[], world: AgentWorld): Promise<number> {
  const isDaemons = verb === 'run' || verb === 'supervisord';
  const parsed = isDaemons ? parseSupervisordOptions(argv, hostOf(world)) : undefined;
  if (folder === undefined || !isDaemons || parsed?.kind !== 'run') {
    world.stderr(
      'fleet-agent selfcheck: a running agent calls this with a copy of its agent.db and its own arguments\n',
    );
    return 2;
  }
  const { checkRun } = await import('./check-run.ts');
  return checkRun(folder, world);
}

function configOf({ configFile, ignored }: SupervisordOptions, world: AgentWorld): FoundConfig {
  // What was found then may be found elsewhere by another version.
  if (world.handover !== undefined) return { ok: true, file: world.handover.daemon.configFile };
  for (const option of ignored) world.stderr(`Warning: ${option} is ignored: it measures the Python of supervisord\n`);
  if (configFile !== undefined) return { ok: true, file: configFile };
  if (world.uid === 0) world.stderr(SEARCHING_AS_ROOT);
  return findConfig(world.executable, (place) => existsSync(resolve(world.cwd, place)));
}

const SEARCHING_AS_ROOT =
  'Warning: root looks for its config file in the usual places, the working folder among them, where others may put one; ' +
  'name it with -c and an absolute path\n';

function requestOf(verb: DaemonVerb, options: SupervisordOptions, file: string, world: AgentWorld): DaemonRequest {
  const foreground = verb === 'run' || options.overrides.nodaemon === true;
  return {
    // In the background it may go to another folder, and still find its file when that is to be read anew.
    configFile: foreground ? file : resolve(world.cwd, file),
    overrides: foreground ? { ...options.overrides, nodaemon: true } : options.overrides,
    fleet: options.fleet,
    foreground,
    processName: verb === 'run' ? 'fleet-agent' : 'supervisord',
  };
}

/** As supervisord does, with a line more where it is not plain what would be right. */
function refuse(verb: DaemonVerb, message: string, allowed: string | undefined, world: AgentWorld): number {
  world.stderr(`Error: ${message}\n`);
  if (allowed !== undefined) world.stderr(`Allowed: ${allowed}\n`);
  world.stderr(`For help, use fleet-agent ${verb} -h\n`);
  return 2;
}

async function control(argv: readonly string[], world: AgentWorld): Promise<number> {
  const { env, cwd, terminal } = world;
  const { runCtl } = await import('./ctl/main.ts');
  return runCtl(argv, {
    ...terminal,
    ...{ env, cwd, program: 'fleet-agent ctl', installFolder: dirname(dirname(world.executable)) },
    homeOf: hostOf(world).homeOf,
  });
}

function hostOf({ env, cwd, clock }: AgentWorld) {
  return machineContext(env, cwd, new Users(clock));
}
