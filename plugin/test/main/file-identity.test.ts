import { afterEach, expect, test, vi } from 'vitest';
import { type FileFacts, fileFacts, matchFile } from '../../src/main/file-identity.js';

interface Node {
  id: string;
  type: string;
  name: string;
  visible: boolean;
  removed: boolean;
  parent: Node | null;
  children: Node[];
}

function node(id: string, type: string, name: string, children: Node[] = []): Node {
  const made: Node = { id, type, name, visible: true, removed: false, parent: null, children };
  for (const child of children) child.parent = made;
  return made;
}

/** Opens a file whose page has these nodes. */
function openFile(name: string, ...children: Node[]): void {
  const page = node('0:1', 'PAGE', 'Page 1', children);
  const all: Node[] = [];
  const collect = (each: Node) => {
    all.push(each);
    each.children.forEach(collect);
  };
  collect(page);
  const getNodeByIdAsync = async (id: string) => all.find((each) => each.id === id) ?? null;
  vi.stubGlobal('figma', { root: { name }, currentPage: page, getNodeByIdAsync });
}

afterEach(() => {
  vi.unstubAllGlobals();
});

const layers = (...names: string[]) => names.map((name, n) => node(`1:${n + 3}`, 'RECTANGLE', name));
const screen = (...names: string[]) => node('1:2', 'FRAME', 'Frame 1', layers(...names));
const other = node('1:90', 'FRAME', 'Overview');

async function factsOf(frame: Node): Promise<FileFacts> {
  return fileFacts(frame.id, [frame, ...frame.children]);
}

async function factsOfUntitled(...beside: Node[]): Promise<FileFacts> {
  const frame = screen('logo', 'title', 'photo');
  openFile('Untitled', frame, ...beside);
  return factsOf(frame);
}

test('a file is the same after some of its layers changed', async () => {
  const facts = await factsOfUntitled(other);
  openFile('Untitled', screen('logo', 'title', 'other photo'), other);
  expect(await matchFile(facts)).toBe('same');
});

test('a file is the same after a frame was edited beyond recognition or deleted, by what is beside it', async () => {
  const facts = await factsOfUntitled(other);
  openFile('Untitled', screen('a', 'b', 'c'), other);
  expect(await matchFile(facts)).toBe('same');
  openFile('Untitled', other);
  expect(await matchFile(facts)).toBe('same');
});

test('a frame that was alone is known to be deleted by the name of the file alone', async () => {
  const facts = await factsOfUntitled();
  openFile('Untitled');
  expect(await matchFile(facts)).toBe('same');
  openFile('Other');
  expect(await matchFile(facts)).toBe('other');
});

test('another file of the same name is another, also where a frame has the same id and name', async () => {
  const facts = await factsOfUntitled();
  openFile('Untitled', screen('red', 'green', 'blue'));
  expect(await matchFile(facts)).toBe('other');
});

test('a renamed or copied file has the same nodes', async () => {
  const facts = await factsOfUntitled(other);
  openFile('Shop', screen('logo', 'title', 'photo'), other);
  expect(await matchFile(facts)).toBe('copy');
});
