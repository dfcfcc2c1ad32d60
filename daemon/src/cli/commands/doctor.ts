import { SamepointError } from '@samepoint/shared-protocol';
import type { Command } from 'commander';
import { stateDir } from '../../app-folders.js';
import { listGpuDevices } from '../../engine/providers/list-gpu-devices.js';
import { type ModelEnvironment, modelEnvironment } from '../../models/model-environment.js';
import { nativeFailure } from '../../native-parts.js';
import { checkCache, checkState, inspectCache, inspectState } from '../doctor/check-disk.js';
import { checkInference, inspectInference } from '../doctor/check-inference.js';
import { checkNativePart, inspectNativeParts } from '../doctor/check-native.js';
import { checkPorts, inspectPorts } from '../doctor/check-ports.js';
import { checkProvider, inspectProviders } from '../doctor/check-providers.js';
import { checkDevices, checkPlatform } from '../doctor/check-system.js';
import { doctorTable, type Finding, worksWith } from '../doctor/findings.js';
import { EXIT_CODES } from '../exit-codes.js';
import { StatusLine } from '../format/status-line.js';
import { packageVersion } from '../host-info.js';
import { createCommand } from '../options/create-command.js';

const DETAILS = `
Exits with 0 when Samepoint works on this computer, even if only on the CPU, and with 1 otherwise.
Marks: ok; – not applicable; ! works, but could be improved; FAILED.`;

/** `samepoint doctor`: checks this computer and suggests fixes. */
export function doctorCommand(): Command {
  return createCommand(
    'doctor',
    'Check this computer: execution providers, models, disk, ports and a test run.',
    'doctor --json',
  )
    .option('--json', 'print JSON instead of a table')
    .addHelpText('after', DETAILS)
    .action(runDoctor);
}

async function runDoctor({ json }: { json?: true }): Promise<void> {
  const line = new StatusLine();
  const findings = await examine((what) => line.show(`Checking ${what}`)).finally(() => line.clear());
  const works = worksWith(findings);
  const verdict = works ? 'Samepoint works on this computer.' : 'Samepoint does not work on this computer.';
  process.stdout.write(
    json
      ? `${JSON.stringify({ version: packageVersion(), works, findings }, null, 2)}\n`
      : `${doctorTable(findings)}\n${verdict}\n`,
  );
  if (!works) process.exitCode = EXIT_CODES.failed;
}

/** @param onPart receives what is checked next */
async function examine(onPart: (what: string) => void): Promise<Finding[]> {
  const { platform, arch, versions } = process;
  const environment = modelEnvironment();
  onPart('the graphics devices');
  const devices = await listGpuDevices();
  const { hubCache, samepointCache } = environment.at;
  const caches = await Promise.all([inspectCache('models', hubCache), inspectCache('own files', samepointCache)]);
  const nativeParts = await inspectNativeParts();
  onPart('the embedded network');
  const inference = await inspectInference();
  // a software driver takes half a minute to test
  onPart('the execution providers');
  const providers = await inspectProviders(devices);
  onPart('the models');
  const models = await examineModels(environment);
  onPart('the ports');
  return [
    ...checkPlatform({ platform, arch, nodeVersion: versions.node }),
    ...nativeParts.map(checkNativePart),
    checkInference(inference),
    ...checkDevices(devices, platform),
    ...providers.map(checkProvider),
    ...models,
    ...caches.map(checkCache),
    checkState(inspectState(stateDir())),
    ...checkPorts(await inspectPorts()),
  ];
}

/** Empty without ONNX Runtime, which another finding reports. */
async function examineModels(environment: ModelEnvironment): Promise<Finding[]> {
  const checks = await import('../doctor/check-models.js').catch((thrown: unknown) => {
    if (nativeFailure(thrown) === undefined) throw thrown;
  });
  if (checks === undefined) return [];
  const { checkEmbedded, checkModel, checkModelStore, inspectEmbedded, inspectModels } = checks;
  const models = await inspectModels(environment).then(
    (facts) => facts.map(checkModel),
    (thrown: unknown) => [checkModelStore(SamepointError.from(thrown))],
  );
  return [checkEmbedded(inspectEmbedded()), ...models];
}
