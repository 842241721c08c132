// What `import … from 'regstorm'` gives: running a scenario from a program, and registering one phone at a time.

export type {
  AttemptReport,
  Binding,
  ClientStatistics,
  ContactOptions,
  CredentialsOptions,
  Endpoint,
  FailedEvent,
  FailureFacts,
  HeaderValue,
  InitialRegister,
  KeepaliveEvent,
  KeepaliveOptions,
  MappingEvent,
  MessageBody,
  MessageReport,
  RefreshAfter,
  RegisterRequest,
  Registration,
  RegistrationClientOptions,
  RegistrationErrorCode,
  RegistrationEvent,
  RegistrationEvents,
  RegistrationState,
  Response,
  RetryAfter,
  TimerOptions,
  TransactionReport,
} from './client/index.ts';
export {
  exosip2RefreshAfterSeconds,
  REGISTRATION_ERROR_CODES,
  RegistrationClient,
  RegistrationError,
  RegistrationFailure,
  refreshAfterSeconds,
  retryAfterSeconds,
} from './client/index.ts';
export type { RunResult, RunScenarioOptions } from './coordinator/index.ts';
export { ERROR_CODES, EXIT, runScenario, UserError } from './coordinator/index.ts';
