import { neutralContext, parseConfig } from '@fleetvisor/config';
import { describe, expect, it } from 'vitest';
import { openAgentDb } from './agent-db.ts';
import { CONFIG_FORM, ConfigInForce, encodeConfig, readConfigInForce } from './config-in-force.ts';
import { tempFolder } from './fixtures/temp-folder.ts';

function configOf(text: string) {
  const parsed = parseConfig({ file: '/etc/supervisord.conf', text }, { ...neutralContext(), env: { HOME: '/root' } });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.config;
}

/** Every kind of section, and what JSON could lose. */
const full = configOf(`
[supervisord]
environment=KEY="of all"
user=1000
[unix_http_server]
file=/run/s.sock
username=u
password=p
[inet_http_server]
port=*:9001
[supervisorctl]
serverurl=unix:///run/s.sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[fleet]
controller=c:7401
labels=region=eu
data_dir=/data
[program:web]
command=web %(process_num)d
process_name=web_%(process_num)d
numprocs=2
exitcodes=0,2
environment=SECRET="s"
[fcgi-program:fast]
command=fast
socket=unix:///run/fast.sock
socket_mode=0600
[eventlistener:ears]
command=ears
events=TICK_5
[group:all]
programs=web
[include]
files=none
`);

describe('the configuration in force', () => {
  it('comes back as it was, without what was said of its file', async () => {
    await using db = openAgentDb(tempFolder());
    const kept = new ConfigInForce(db);
    expect(readConfigInForce(db.sql)).toBeUndefined();
    kept.keep({ ...full, infos: ['included'], warnings: [] });
    expect(readConfigInForce(db.sql)).toEqual({ ...full, infos: [], warnings: [] });
    kept.keep(configOf('[supervisord]\n'));
    expect(readConfigInForce(db.sql)?.groups).toEqual([]);
    kept.forget();
    expect(readConfigInForce(db.sql)).toBeUndefined();
  });

  it('is not written again where it has not changed', async () => {
    await using db = openAgentDb(tempFolder());
    const kept = new ConfigInForce(db);
    const changes = () => Number(db.sql.prepare('SELECT total_changes() AS n').get()?.n);
    kept.keep(full);
    const before = changes();
    kept.keep({ ...full });
    expect(changes()).toBe(before);
    kept.keep({ ...full, groups: [] });
    expect(changes()).toBeGreaterThan(before);
  });

  it('is as none in another form', async () => {
    await using db = openAgentDb(tempFolder());
    new ConfigInForce(db).keep(full);
    db.sql.prepare('UPDATE config_in_force SET form = ?').run(CONFIG_FORM + 1);
    expect(readConfigInForce(db.sql)).toBeUndefined();
    new ConfigInForce(db).keep(full);
    expect(readConfigInForce(db.sql)).toBeDefined();
  });

  // A diff here asks: would an agent before this change misread it, or this one what an older has kept? Then CONFIG_FORM is
  // another one from now on.
  it('has the form of its golden file', async () => {
    await expect(
      `form ${CONFIG_FORM}\n${JSON.stringify(JSON.parse(encodeConfig(full)), null, 1)}\n`,
    ).toMatchFileSnapshot('__golden__/config-in-force.txt');
  });
});
