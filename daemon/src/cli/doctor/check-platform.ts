import type { Finding } from './finding.js';

export interface PlatformFacts {
  platform: string;
  arch: string;
  /** Without the leading `v`. */
  nodeVersion: string;
}

/** What onnxruntime-node has binaries for. */
const SUPPORTED: readonly string[] = ['linux x64', 'linux arm64', 'win32 x64', 'win32 arm64', 'darwin arm64'];
const NAMES: Readonly<Record<string, string>> = { linux: 'Linux', win32: 'Windows', darwin: 'macOS' };
const MIN_NODE = { major: 20, minor: 19 };

export function checkPlatform({ platform, arch, nodeVersion }: PlatformFacts): Finding[] {
  return [checkSystem(platform, arch), checkNode(nodeVersion)];
}

function checkSystem(platform: string, arch: string): Finding {
  const name = `${NAMES[platform] ?? platform} ${arch}`;
  if (SUPPORTED.includes(`${platform} ${arch}`)) return { check: 'platform', state: 'ok', says: name };
  return {
    check: 'platform',
    state: 'failed',
    says: `ONNX Runtime, which runs the networks, has no binary for ${name}`,
    fix: { sentence: systemFix(platform, arch) },
  };
}

function systemFix(platform: string, arch: string): string {
  return platform === 'darwin' && arch === 'x64'
    ? 'On a Mac with Apple silicon, install the arm64 build of Node; a Mac with an Intel processor cannot run Samepoint.'
    : 'Use Linux or Windows on x64 or arm64, or macOS on arm64, with a Node of the same architecture.';
}

function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isNew = major > MIN_NODE.major || (major === MIN_NODE.major && minor >= MIN_NODE.minor);
  if (isNew) return { check: 'node', state: 'ok', says: version };
  const least = `${MIN_NODE.major}.${MIN_NODE.minor}`;
  return {
    check: 'node',
    state: 'failed',
    says: `${version} is older than ${least}, the least that Samepoint needs`,
    fix: { sentence: `Install Node ${least} or newer from https://nodejs.org.` },
  };
}
