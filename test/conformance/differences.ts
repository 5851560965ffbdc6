/** Scenarios of the conformance kit in which the agent differs from supervisord on purpose, each with its reason (docs/reference/differences.md). */
export const differsOnPurpose: Readonly<Record<string, string>> = {
  daemon_killed_and_started_again:
    'supervisord starts each program a second time; the agent goes on with those that still run, with the same pids',
  daemon_hup_with_broken_config:
    'supervisord stops every program and exits 2; the agent refuses the reload, says why, and runs on',
  signals_do_not_reach_other_children:
    'each program leads a session of its own (setsid), not only a process group: what Node can give it; no signal reaches others either way',
};
