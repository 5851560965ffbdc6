export { type SplitCommand, splitCommand } from './command-line.ts';
export type {
  ConfigWarning,
  CtlSpec,
  DaemonSpec,
  FleetSpec,
  HttpServerSpec,
  LogLevel,
  ParsedConfig,
  RpcInterfaceSpec,
} from './daemon-specs.ts';
export { diffGroups, diffProcess, type GroupDiff } from './diff.ts';
export { type Expanded, type ExpansionScope, expand } from './expand/expand.ts';
export {
  type FleetDefinition,
  type FleetFile,
  type FleetFileDefaults,
  type FleetFileResult,
  parseFleetFile,
} from './fleet-file.ts';
export { type FleetLayerResult, findLayerClashes, mergeFleetFiles } from './fleet-layer.ts';
export { type GlobFileSystem, globPaths } from './ini/glob-paths.ts';
export { pythonRepr, splitWords, strip } from './ini/python-text.ts';
export type { ConfigInput } from './ini/read-document.ts';
export { lastOfEachName } from './last-of-each-name.ts';
export {
  formatNamespec,
  matchNamespec,
  namespecMatcher,
  type ProcessName,
  splitNamespec,
} from './namespec.ts';
export { type ClientConfigResult, parseClientConfig } from './parse-client-config.ts';
export { type ParseResult, parseConfig } from './parse-config.ts';
export { neutralContext, type ParseContext } from './parse-context.ts';
export { type CanonicalText, canonicalText } from './print.ts';
export { type ConfigProblem, formatProblem } from './problem.ts';
export { EVENT_TYPES } from './sections/eventlistener.ts';
export { controllerAddress, hostGroups, hostLabels, hostName } from './sections/fleet.ts';
export { childServerUrl } from './sections/http-servers.ts';
export { HOST_OPTIONS, KNOWN_OPTIONS } from './sections/known-options.ts';
export { MAIN_RPC_INTERFACE } from './sections/rpcinterface.ts';
export { defaultDaemon } from './sections/supervisord.ts';
export type {
  Autorestart,
  FcgiGroupSpec,
  FcgiSocketSpec,
  HeterogeneousGroupSpec,
  ListenerGroupSpec,
  LogSpec,
  LogTarget,
  ProcessGroupSpec,
  ProcessSpec,
  ProgramGroupSpec,
  ProgramKind,
  Source,
} from './specs.ts';
export { type Converted, type Converter, good } from './values/converted.ts';
export { daemonFile, daemonFolder, mainLogTarget } from './values/daemon-paths.ts';
export { byteSize, integer, octal } from './values/integer.ts';
export { logLevel } from './values/log-level.ts';
export { signalName, signalNumber } from './values/signal.ts';
export { userName } from './values/user.ts';
