/** A changed config as clients take it over, group by group, and the whole daemon restarted or ended by them. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { LoneAgent } from '../support/agent.ts';
import { letGo, lingering, lingers } from '../support/lingering.ts';
import { isAlive } from '../support/proc.ts';
import { call, processInfo, served } from '../support/rpc.ts';
import { until } from '../support/until.ts';

const sleeper = (name: string, ...options: readonly string[]) =>
  `[program:${name}]\ncommand=sleep 1000\nstartsecs=0\n${options.join('\n')}\n\n`;

const rewrite = (agent: LoneAgent, sections: string) =>
  agent.write('supervisord.conf', `[supervisord]\n\n${served}${sections}`);

/** With a program that makes every end last. */
async function startLingering(...more: readonly string[]): Promise<LoneAgent> {
  const agent = await LoneAgent.start(served + lingering('slow') + more.join(''));
  await lingers(agent, 'slow');
  return agent;
}

describe.concurrent('a changed config', () => {
  it('is told by process groups, and taken over one by one', async () => {
    await using agent = await LoneAgent.start(served + sleeper('same') + sleeper('changed') + sleeper('gone'));
    const same = await agent.pidOf('same');
    const changed = await agent.pidOf('changed');
    expect(await call(agent, 'supervisor.reloadConfig')).toEqual([[[], [], []]]);
    rewrite(agent, sleeper('same', '; a comment') + sleeper('changed', 'stopwaitsecs=3') + sleeper('new'));
    expect(await call(agent, 'supervisor.reloadConfig')).toEqual([[['new'], ['changed'], ['gone']]]);
    expect(await call(agent, 'supervisor.reloadConfig')).toEqual([[['new'], ['changed'], ['gone']]]);

    expect(await call(agent, 'supervisor.removeProcessGroup', 'gone')).toBe('FAULT 91 STILL_RUNNING: gone');
    await call(agent, 'supervisor.stopProcessGroup', 'gone');
    expect(await call(agent, 'supervisor.removeProcessGroup', 'gone')).toBe(true);
    expect(await call(agent, 'supervisor.getProcessInfo', 'gone')).toBe('FAULT 10 BAD_NAME: gone');
    expect(await call(agent, 'supervisor.addProcessGroup', 'new')).toBe(true);
    const added = await agent.pidOf('new');
    expect(await call(agent, 'supervisor.addProcessGroup', 'new')).toBe('FAULT 90 ALREADY_ADDED: new');
    for (const method of ['addProcessGroup', 'removeProcessGroup']) {
      expect(await call(agent, `supervisor.${method}`, 'nope')).toBe('FAULT 10 BAD_NAME: nope');
    }
    expect(await call(agent, 'supervisor.reloadConfig')).toEqual([[[], ['changed'], []]]);
    expect([same, changed, added].map(isAlive)).toEqual([true, true, true]);
  });

  it('with errors is refused, and nothing is different', async () => {
    await using agent = await LoneAgent.start(served + sleeper('calm'));
    const pid = await agent.pidOf('calm');
    rewrite(agent, sleeper('calm', 'startretries=many'));
    expect(await call(agent, 'supervisor.reloadConfig')).toMatch(/^FAULT 92 CANT_REREAD: .*'many'.*program:calm/s);
    rewrite(agent, 'nonsense\n');
    expect(await call(agent, 'supervisor.reloadConfig')).toMatch(/^FAULT 92 CANT_REREAD: .*nonsense/s);
    rewrite(agent, `${sleeper('calm')}[include]\nfiles=*.ini\n`);
    agent.write('more.ini', '[program:calm\n');
    expect(await call(agent, 'supervisor.reloadConfig')).toBe(
      `FAULT 92 CANT_REREAD: File contains no section headers.\nfile: '${agent.path('more.ini')}', line: 1\n'[program:calm\\n'`,
    );
    expect(isAlive(pid)).toBe(true);
    rewrite(agent, sleeper('calm'));
    expect(await call(agent, 'supervisor.reloadConfig')).toEqual([[[], [], []]]);
  });
});

describe.concurrent('shutdown', () => {
  it('is answered at once; until the end only the methods that need no program are', async () => {
    await using agent = await startLingering();
    const slow = await agent.pidOf('slow');
    expect(await call(agent, 'supervisor.shutdown')).toBe(true);
    for (const method of ['getState', 'getAllProcessInfo', 'shutdown', 'restart', 'reloadConfig', 'getPID']) {
      expect(await call(agent, `supervisor.${method}`)).toBe('FAULT 6 SHUTDOWN_STATE');
    }
    expect(await call(agent, 'supervisor.startProcess', 'slow')).toBe('FAULT 6 SHUTDOWN_STATE');
    expect(await call(agent, 'supervisor.sendRemoteCommEvent', 'a', 'b')).toBe(true);
    expect(await call(agent, 'system.listMethods')).toContain('supervisor.getState');
    expect(isAlive(slow)).toBe(true);
    letGo(agent, 'slow');
    await until('it has ended', () => !isAlive(agent.pid));
    expect(isAlive(slow)).toBe(false);
    await expect(call(agent, 'supervisor.getState')).rejects.toThrow('ENOENT');
    expect((await agent.end()).code).toBe(0);
  });
});

describe.concurrent('restart', () => {
  it('begins anew with the file as it is now, and is what it was to its clients', async () => {
    await using agent = await startLingering(sleeper('gone'));
    await call(agent, 'supervisor.stopProcess', 'gone');
    rewrite(agent, sleeper('new') + lingering('slow'));
    expect(await call(agent, 'supervisor.restart')).toBe(true);
    expect(await call(agent, 'supervisor.getState')).toBe('FAULT 6 SHUTDOWN_STATE');
    letGo(agent, 'slow');
    const pid = await agent.pidOf('new');
    expect(await until('it runs', () => processInfo(agent, 'new'))).toMatchObject({ statename: 'RUNNING', pid });
    await agent.pidOf('slow', 2);
    expect(await call(agent, 'supervisor.getProcessInfo', 'gone')).toBe('FAULT 10 BAD_NAME: gone');
    expect(await call(agent, 'supervisor.getPID')).toBe(agent.pid);
  });

  it('is refused with a broken file, and everything runs on', async () => {
    await using agent = await LoneAgent.start(served + sleeper('calm'));
    const pid = await agent.pidOf('calm');
    rewrite(agent, sleeper('calm', 'startretries=many'));
    expect(await call(agent, 'supervisor.restart')).toMatch(/^FAULT 92 CANT_REREAD: .*'many'/s);
    expect(isAlive(pid)).toBe(true);
    expect(await processInfo(agent, 'calm')).toMatchObject({ statename: 'RUNNING', pid });
  });

  it('can be cut short by a signal to end', async () => {
    await using agent = await startLingering();
    expect(await call(agent, 'supervisor.restart')).toBe(true);
    agent.kill('SIGTERM');
    await agent.says(/^received SIGTERM/);
    letGo(agent, 'slow');
    expect((await agent.end()).code).toBe(0);
    expect(agent.pidsOf('slow')).toHaveLength(1);
    expect(agent.alive()).toEqual([]);
  });

  it('begins with the file as it is once all has stopped', async () => {
    await using agent = await startLingering();
    expect(await call(agent, 'supervisor.restart')).toBe(true);
    rewrite(agent, sleeper('late'));
    agent.kill('SIGHUP'); // adds nothing, and nothing is lost
    letGo(agent, 'slow');
    await agent.pidOf('late');
    expect(agent.pidsOf('slow')).toHaveLength(1);
  });

  it('takes up what it can: a port or a log that cannot be had is told, and the rest is there', async () => {
    await using agent = await LoneAgent.start(served + sleeper('calm'));
    await agent.pidOf('calm');
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo; // of a port, once it listens
    const inet = `[inet_http_server]\nport=127.0.0.1:${port}\n`;
    agent.write(
      'supervisord.conf',
      `[supervisord]\nidentifier=anew\nlogfile=%(here)s\n${inet}${served}${sleeper('calm')}`,
    );
    agent.kill('SIGHUP');
    await agent.pidOf('calm', 2);
    taken.close();
    expect(agent.messages().filter((text) => text.startsWith('cannot take up all of'))).toEqual([
      expect.stringContaining(': cannot write the log '),
      expect.stringContaining(': inet_http_server: Another program is already listening'),
    ]);
    expect(await call(agent, 'supervisor.getIdentification')).toBe('anew');
  });
});
