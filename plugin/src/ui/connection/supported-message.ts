import { type ClientMessage, type Frame, LAYER_REFERENCES, TRANSFER_RUNNERS_UP } from '@samepoint/shared-protocol';

/** The message without the optional parts that an older daemon rejects. */
export function supportedMessage(message: ClientMessage, features: readonly string[]): ClientMessage {
  if (message.type !== 'job.start' || message.request.kind !== 'transfer') return message;
  const { withRunnersUp, ...request } = message.request;
  const flags = withRunnersUp === true && features.includes(TRANSFER_RUNNERS_UP) ? { withRunnersUp } : {};
  if (features.includes(LAYER_REFERENCES)) return { ...message, request: { ...request, ...flags } };
  const targets = request.targets.map((target) => ({ ...target, frame: withoutReferences(target.frame) }));
  return { ...message, request: { ...request, source: withoutReferences(request.source), targets, ...flags } };
}

function withoutReferences(frame: Frame): Frame {
  return { ...frame, layers: frame.layers.map(({ references: _, ...layer }) => layer) };
}
