/** A command of the demo. It runs in the folder of the samples. */
export interface DemoCommand {
  /** What it shows, in the imperative. */
  title: string;
  args: readonly string[];
  /** Files and folders that it writes. */
  outputs: readonly string[];
}

/** The commands of the README on the samples, in its order. */
export const DEMO_COMMANDS: readonly DemoCommand[] = [
  {
    title: 'Find two points and a card of a screen in its dark and in its German version',
    args: [
      ...['match', 'home.png', 'dark.png', 'german.png'],
      ...['--points', '120,80 642,472', '--boxes', '40,1256,670,184', '--out', 'matches'],
    ],
    outputs: ['matches'],
  },
  {
    title: 'Find every layer of the screen in both versions',
    args: ['match', 'home.png', 'dark.png', 'german.png', '--layers', 'layers.json'],
    outputs: [],
  },
  {
    title: 'Show the candidates for one point',
    args: ['inspect', 'home.png', 'dark.png', '--point', '642,472', '--out', 'heat.png'],
    outputs: ['heat.png'],
  },
  {
    title: 'Copy a remark drawn on the screen to both versions',
    args: ['warp', 'home.png', 'dark.png', 'german.png', '--edit', 'sticker.png', '--out', 'warped'],
    outputs: ['warped'],
  },
  {
    title: 'Align a screen with a picture of its next version, and show what changed',
    args: ['align', 'before.png', 'after.png', '--out', 'aligned'],
    outputs: ['aligned'],
  },
  {
    title: 'Track two objects through the frames of an animation',
    args: ['track', 'frames/', '--mask', 'first.png', '--out', 'masks', '--overlay'],
    outputs: ['masks'],
  },
  {
    title: 'Save the features of a screen for NumPy',
    args: ['features', 'home.png', '--out', 'home.npy'],
    outputs: ['home.npy'],
  },
  {
    title: 'Measure the accuracy on pairs with known points',
    args: ['eval', 'pairs', 'my-screens/', '--report', 'report.html'],
    outputs: ['report.html'],
  },
  { title: 'Check this computer', args: ['doctor'], outputs: [] },
];

/** Results to view first, and their content. */
export const HIGHLIGHTS: readonly (readonly [file: string, shows: string])[] = [
  ['warped/german-warped.png', 'the remark on the German screen'],
  ['matches/home-german.png', 'two points and a card, found in the German screen'],
  ['aligned/residual.png', 'what changed between two versions'],
  ['masks/overlay/0008.png', 'the tracked objects in the last frame'],
  ['report.html', 'scores, with the best and the worst pairs'],
];

/** The command as typed in a shell. @param self how Samepoint is run, such as `npx samepoint` */
export function commandLine(self: string, args: readonly string[]): string {
  return [self, ...args.map((arg) => (/[^\w./,=-]/.test(arg) ? `"${arg}"` : arg))].join(' ');
}
