import { Option } from 'commander';

/** `--force`, for every command that writes files. */
export function forceOption(): Option {
  return new Option('--force', 'replace existing files');
}
