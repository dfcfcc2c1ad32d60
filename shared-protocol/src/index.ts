export * from './errors.js';
export * from './frame.js';
export * from './geometry.js';
export * from './jobs.js';
export * from './layers.js';
export * from './limits.js';
export * from './messages.js';
export * from './version.js';
