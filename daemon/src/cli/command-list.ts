import type { Command } from 'commander';

/** Every command by name, in the order of the help. Loaded on demand: `doctor` runs even if other commands fail to load. */
export const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./commands/start.js')).startCommand(),
  stop: async () => (await import('./commands/stop.js')).stopCommand(),
  status: async () => (await import('./commands/status.js')).statusCommand(),
  autostart: async () => (await import('./commands/autostart.js')).autostartCommand(),
  plugin: async () => (await import('./commands/plugin.js')).pluginCommand(),
  demo: async () => (await import('./commands/demo.js')).demoCommand(),
  match: async () => (await import('./commands/match.js')).matchCommand(),
  inspect: async () => (await import('./commands/inspect.js')).inspectCommand(),
  track: async () => (await import('./commands/track.js')).trackCommand(),
  eval: async () => (await import('./commands/eval.js')).evalCommand(),
  align: async () => (await import('./commands/align.js')).alignCommand(),
  warp: async () => (await import('./commands/warp.js')).warpCommand(),
  features: async () => (await import('./commands/features.js')).featuresCommand(),
  models: async () => (await import('./commands/models.js')).modelsCommand(),
  cache: async () => (await import('./commands/cache.js')).cacheCommand(),
  bench: async () => (await import('./commands/bench.js')).benchCommand(),
  doctor: async () => (await import('./commands/doctor.js')).doctorCommand(),
  completion: async () => (await import('./commands/completion.js')).completionCommand(),
};
