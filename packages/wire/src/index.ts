// The wire protocol: what a client and a coordinator share, without anything that needs Node.
export {
  type ConversationState,
  checkTurn,
  conversationStates,
  type Receiver,
} from './conversation/conversation-states.js';
export { isWireCode, passingCodes, type WireCode, WireError, wireCodes } from './frames/codes.js';
export { decodeFrame, encodeFrame, type Frame, type MessageType, messageTypes } from './frames/frame.js';
export { CHUNK_BYTES, defaultLimits, MAX_BODY_BYTES, type WireLimits } from './frames/limits.js';
export { boundReason, MAX_REASON } from './frames/reason.js';
export { commonVersion, spokenVersions, type VersionRange, versionsApart } from './frames/versions.js';
export { bodyLimit, slicesLimit, updateLimit } from './messages/body-limit.js';
export { type BodyMemory, type BodyMemoryOptions, createBodyMemory } from './messages/body-memory.js';
export {
  type Control,
  type ControlInput,
  type ControlMessage,
  type ControlType,
  controlSchemas,
} from './messages/control.js';
export {
  type Assembler,
  type AssemblerOptions,
  bodyParts,
  createAssembler,
  encodeBodyHead,
  encodeBodyMessage,
  encodeMessage,
  isMessage,
  type Message,
  type PartialBody,
} from './messages/message.js';
