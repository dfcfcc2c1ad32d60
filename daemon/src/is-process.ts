/** Whether a process with this id exists, also of another user. A new process may have the id of one that has ended. */
export function isProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    // another user's process exists, but may not be signalled
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM';
  }
}
