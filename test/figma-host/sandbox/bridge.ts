/** What Node lends the sandbox. Everything is a string, a number or bytes. */
export interface Bridge {
  /** Calls `fire(callId)` in a later turn. */
  schedule(callId: number, delayMs: number): void;
  unschedule(callId: number): void;
  /** Keeps bytes on Node's side and returns their number. */
  putBytes(bytes: ArrayBuffer): number;
  takeBytes(number: number): ArrayBuffer;
  postToUi(messageJson: string): void;
  /** Draws and calls `fire(callId, bytesNumber)` in a later turn. */
  render(callId: number, requestJson: string): void;
  /** `JSON` of the stored value or an empty string. */
  readStorage(key: string): string;
  writeStorage(key: string, json: string): void;
  /** Width in px of one line of text. */
  measureText(text: string, style: string, fontSize: number): number;
  log(text: string): void;
  /** Notes what the plugin asks of the window: showUI, notify, closePlugin … */
  report(kind: string, detailJson: string): void;
}

declare global {
  var __bridge: Bridge;
}
