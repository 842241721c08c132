// What other folders may use of the worker: the pump and an engine on its sockets. Threads enter through main.ts.

export { createEngineCore } from './engine-core.ts';
export type { ResolvedTarget } from './messages.ts';
export type { Core } from './pump.ts';
export { runPump } from './pump.ts';
export { openPlaces } from './redirect-places.ts';
export type { ClientSocket } from './sockets.ts';
export { createClientTransport, openClientSockets } from './sockets.ts';
