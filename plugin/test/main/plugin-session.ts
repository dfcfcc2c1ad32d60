import { createFigmaHost, type FigmaHost, type HostOptions } from '../../../test/figma-host/figma-host.js';
import { bundleMain } from '../../bundle.mjs';
import type { AcceptedPlacement, Command, ExportedFrame, MainToUi, UiToMain } from '../../src/shared/messages.js';

/** The main thread's bundle, built from the sources. */
export const MAIN_JS = await bundleMain();

type MessageOf<T extends MainToUi['type']> = Extract<MainToUi, { type: T }>;

/** A Figma file with the running plugin. The test acts as its UI. */
export class PluginSession {
  private received: MainToUi[] = [];
  private wake: (() => void) | null = null;

  private constructor(readonly host: FigmaHost) {
    host.onMainMessage((message) => {
      this.received.push(message as MainToUi);
      this.wake?.();
    });
  }

  static async open(
    document: HostOptions['document'],
    options: Partial<HostOptions> & { command?: Command | null; selected?: string[] } = {},
  ): Promise<PluginSession> {
    const { command = 'transfer-annotations', selected = [], ...rest } = options;
    const host = await createFigmaHost({ document, mainJs: MAIN_JS, ...rest });
    const session = new PluginSession(host);
    host.select(selected.map((key) => host.byKey(key).id));
    await host.runCommand(command ?? '');
    return session;
  }

  id(key: string): string {
    return this.host.byKey(key).id;
  }

  send(message: UiToMain): void {
    this.host.sendToMain(message);
  }

  /** Waits for the next message of this type and drops others before it. Throws on an unexpected failure. */
  async next<T extends MainToUi['type']>(type: T): Promise<MessageOf<T>> {
    for (;;) {
      const message = this.received.shift();
      if (message === undefined) {
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
      } else if (isOf(message, type)) return message;
      else if (isFailure(message)) throw new Error(message.problem.message);
    }
  }

  /** Messages that `next` has not consumed. */
  get pending(): readonly MainToUi[] {
    return this.received;
  }

  async exportFrames(
    command: Command,
    sourceKey: string,
    targetKeys: string[],
    overlayKeys: string[] = [],
  ): Promise<{ frames: ExportedFrame[]; done: MessageOf<'export.done'> }> {
    const [sourceId, targetIds] = [this.id(sourceKey), targetKeys.map((key) => this.id(key))];
    this.send({
      type: 'export.start',
      command,
      sourceId,
      targetIds,
      overlayIds: overlayKeys.map((key) => this.id(key)),
      layerIds: [],
    });
    const frames: ExportedFrame[] = [];
    while (frames.length < 1 + targetKeys.length) frames.push((await this.next('export.frame')).frame);
    return { frames, done: await this.next('export.done') };
  }

  async apply(accepted: AcceptedPlacement[], command: Command = 'transfer-annotations', sourceKey = 'light:screen') {
    this.send({ type: 'apply', command, sourceId: this.id(sourceKey), accepted });
    return (await this.next('applied')).summary;
  }

  /** A placement of the annotation `source#index` on the layer with this key. */
  onLayer(targetKey: string, source: string, layerKey: string | null, index = 0): AcceptedPlacement {
    return {
      targetId: this.id(targetKey),
      placement: {
        kind: 'layer',
        itemId: `${this.id(source)}#${index}`,
        confidence: 0.9,
        evidence: { image: 0.9 },
        layerId: layerKey === null ? null : this.id(layerKey),
        box: { x: 20, y: 200, w: 40, h: 40 },
      },
    };
  }

  /** A placement of an overlay by a transform from source pixels to target pixels. */
  byTransform(
    targetKey: string,
    overlay: string,
    transform: { a: number; b: number; c: number; d: number; e: number; f: number } | null,
  ): AcceptedPlacement {
    return {
      targetId: this.id(targetKey),
      placement: {
        kind: 'overlay',
        itemId: this.id(overlay),
        confidence: 0.9,
        evidence: { image: 0.9 },
        transform,
        inliers: 40,
        samples: 50,
        residualPx: 1,
      },
    };
  }

  /** Throws if Figma cut a toast. */
  close(): void {
    const { cutToasts } = this.host;
    this.host.dispose();
    if (cutToasts.length > 0) throw new Error(`Figma cuts this toast: ${cutToasts[0]}`);
  }
}

function isFailure(message: MainToUi): message is MessageOf<'export.failed'> | MessageOf<'apply.failed'> {
  return message.type === 'export.failed' || message.type === 'apply.failed';
}

function isOf<T extends MainToUi['type']>(message: MainToUi, type: T): message is MessageOf<T> {
  return message.type === type;
}
