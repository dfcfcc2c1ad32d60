import type { DaemonMessage } from '@samepoint/shared-protocol';
import type { MainToUi, UiToMain } from '../shared/messages.js';
import type { BrowserPage } from './connection/browser-access.js';
import {
  type Connection,
  type ConnectionEffect,
  type ConnectionEvent,
  INITIAL_CONNECTION,
  reduceConnection,
} from './connection/connection.js';
import { pair, probeSession } from './connection/daemon-http.js';
import { SocketClient } from './connection/socket-client.js';
import { supportedMessage } from './connection/supported-message.js';
import { reduceFlow } from './flow/flow.js';
import { type Flow, type FlowEffect, type FlowEvent, INITIAL_FLOW } from './flow/state.js';
import { drawPictures } from './pictures-canvas.js';
import { drawTrack } from './track-canvas.js';

/** The state of the whole UI. */
export interface AppState {
  connection: Connection;
  flow: Flow;
}

export interface StoreOptions {
  postToMain(message: UiToMain): void;
  onChange(state: AppState): void;
  /** What tells whether the browser allows connections to this computer. */
  page: BrowserPage;
}

/** Holds both state machines and runs their effects. All side effects of the UI happen here. */
export class Store {
  #state: AppState = { connection: INITIAL_CONNECTION, flow: INITIAL_FLOW };
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Jobs cancelled while disconnected; their cancel is sent after the reconnect. */
  #pendingCancels: string[] = [];
  readonly #socket = new SocketClient({
    onMessage: (message, payload) => this.#fromDaemon(message, payload),
    onClosed: (code) => this.connect({ type: 'closed', code }),
  });

  constructor(readonly options: StoreOptions) {}

  get state(): AppState {
    return this.#state;
  }

  /** Handles an event of the flow. */
  dispatch(event: FlowEvent): void {
    const { flow, effects } = reduceFlow(this.#state.flow, event);
    this.#setState({ ...this.#state, flow });
    for (const effect of effects) this.#runFlowEffect(effect);
  }

  /** Handles an event of the connection. */
  connect(event: ConnectionEvent): void {
    const before = this.#state.connection.state.name;
    const { connection, effects } = reduceConnection(this.#state.connection, event);
    this.#setState({ ...this.#state, connection });
    for (const effect of effects) this.#runConnectionEffect(effect);
    const { state } = connection;
    if (before === 'ready' && state.name !== 'ready') this.dispatch({ type: 'disconnected' });
    if (before !== 'ready' && state.name === 'ready') {
      const { backends, features, jobs } = state.welcome;
      this.#sendPendingCancels();
      this.dispatch({ type: 'connected', backends, features, jobs });
    }
  }

  /** Handles a message of the main thread. The first session starts the connection. */
  fromMain(message: MainToUi): void {
    this.dispatch({ type: 'main', message });
    if (message.type === 'session') {
      this.connect({ type: 'start', settings: message.settings });
    }
  }

  #setState(state: AppState): void {
    this.#state = state;
    this.options.onChange(state);
  }

  #fromDaemon(message: DaemonMessage, payload: Uint8Array | null): void {
    switch (message.type) {
      case 'welcome':
        this.connect({ type: 'welcome', welcome: message });
        return;
      case 'bye':
        this.connect({ type: 'bye', error: message.error });
        return;
      default:
        this.dispatch({ type: 'daemon', message, ...(payload === null ? {} : { payload }) });
        return;
    }
  }

  #runFlowEffect(effect: FlowEffect): void {
    switch (effect.type) {
      case 'main':
        this.options.postToMain(effect.message);
        return;
      case 'image':
        this.#socket.sendImage(effect.imageId, effect.png);
        return;
      case 'pictures.flatten':
      case 'pictures.clip':
        void drawPictures(effect).then((event) => this.dispatch(event));
        return;
      case 'inspect.wait':
        setTimeout(() => this.dispatch({ type: 'inspect.waited' }), effect.ms);
        return;
      case 'track.flatten':
      case 'track.trace':
        void drawTrack(effect).then((event) => this.dispatch(event));
        return;
      case 'daemon': {
        const { state } = this.#state.connection;
        const features = state.name === 'ready' ? state.welcome.features : [];
        const wasSent = this.#socket.send(supportedMessage(effect.message, features));
        if (!wasSent && effect.message.type === 'job.cancel') this.#pendingCancels.push(effect.message.jobId);
      }
    }
  }

  #sendPendingCancels(): void {
    for (const jobId of this.#pendingCancels.splice(0)) this.#socket.send({ type: 'job.cancel', jobId });
  }

  #runConnectionEffect(effect: ConnectionEffect): void {
    switch (effect.type) {
      case 'probe':
        void probeSession(effect.port, effect.token, this.options.page).then((outcome) =>
          this.connect({ type: 'probed', port: effect.port, outcome }),
        );
        return;
      case 'pair':
        void this.#pair(effect.port, effect.code);
        return;
      case 'open':
        this.#socket.open(effect.port, effect.token);
        return;
      case 'wait':
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.connect({ type: 'wait.over' }), effect.ms);
        return;
      case 'save':
        this.options.postToMain({ type: 'settings.save', settings: effect.settings });
    }
  }

  async #pair(port: number, code: string): Promise<void> {
    const outcome = await pair(port, code, this.options.page);
    switch (outcome.kind) {
      case 'paired':
        this.connect({ type: 'paired', token: outcome.token });
        return;
      case 'refused':
        this.connect({ type: 'pair.failed', error: outcome.error });
        return;
      case 'unreachable':
        this.connect({ type: 'pair.unreachable', access: outcome.access });
        return;
    }
  }
}
