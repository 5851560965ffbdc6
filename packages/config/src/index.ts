export { neutralContext, type ParseContext } from './parse-context.ts';
export { type ConfigProblem, formatProblem } from './problem.ts';
export type {
  Autorestart,
  ConfigWarning,
  CtlSpec,
  DaemonSpec,
  FcgiGroupSpec,
  FcgiSocketSpec,
  FleetSpec,
  HeterogeneousGroupSpec,
  HttpServerSpec,
  ListenerGroupSpec,
  LogLevel,
  LogSpec,
  LogTarget,
  ParsedConfig,
  ProcessGroupSpec,
  ProcessSpec,
  ProgramGroupSpec,
  ProgramKind,
  RpcInterfaceSpec,
  Source,
} from './specs.ts';
