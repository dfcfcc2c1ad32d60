import {
  type ClientMessage,
  clientMessageSchema,
  LAYER_REFERENCES,
  TRANSFER_RUNNERS_UP,
} from '@samepoint/shared-protocol';
import { expect, it } from 'vitest';
import { supportedMessage } from '../../../src/ui/connection/supported-message.js';

const LAYER = { type: 'INSTANCE', name: '', box: { x: 0, y: 0, w: 1, h: 1 }, candidate: true };
const frame = (layerId: string) => ({
  imageId: 'a'.repeat(64),
  layers: [{ ...LAYER, layerId, references: { component: 'button' } }],
});
const MESSAGE: ClientMessage = {
  type: 'job.start',
  jobId: 'j',
  request: {
    kind: 'transfer',
    backend: 'ui',
    source: frame('a'),
    targets: [{ targetId: 't', frame: frame('b') }],
    items: [{ kind: 'layer', itemId: 'i', layerId: 'a' }],
    withRunnersUp: true,
  },
};

it('a daemon with all features gets the whole request', () => {
  expect(supportedMessage(MESSAGE, [LAYER_REFERENCES, TRANSFER_RUNNERS_UP])).toEqual(MESSAGE);
});

it('an older daemon gets the request without references and runners-up', () => {
  const message = supportedMessage(MESSAGE, []);
  expect(JSON.stringify(message)).not.toMatch(/references|withRunnersUp/);
  expect(clientMessageSchema.safeParse(message).success).toBe(true);
});
