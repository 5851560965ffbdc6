import { systemClock } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import { Dispatcher } from './dispatch.ts';
import { XmlRpcFault } from './fault.ts';
import { inNamespace, method, type XmlRpcMethod } from './method.ts';
import { parseResponse } from './parse-response.ts';
import { XmlFragment, type XmlRpcValue } from './value.ts';
import { renderResponse } from './write-response.ts';

const echo = (name: string): XmlRpcMethod =>
  method({
    name,
    parameters: [
      { name: 'text', type: 'string' },
      { name: 'count', type: 'int', default: 1 },
    ],
    returns: 'string',
    help: 'Says it again.',
    call: (text, count) => text.repeat(count),
  });

interface House {
  readonly call: (name: string, ...params: readonly XmlRpcValue[]) => Promise<unknown>;
  /** At levels above trace. */
  readonly lines: readonly string[];
  readonly traces: readonly string[];
}

function house(methods: readonly XmlRpcMethod[], isRunning = () => true): House {
  const lines: string[] = [];
  const traces: string[] = [];
  const dispatcher = new Dispatcher({
    methods,
    clock: systemClock,
    isRunning,
    log: (level, text) => void (level === 'trace' ? traces.push(text) : lines.push(`${level} ${text}`)),
  });
  /** As a client sees it: fragments are XML by then. */
  const call = async (name: string, ...params: readonly XmlRpcValue[]) => {
    const parsed = parseResponse(Buffer.from(renderResponse(await dispatcher.call(name, params))));
    return parsed.kind === 'value' ? parsed.value : parsed;
  };
  return { call, lines, traces };
}

const fault = (code: number, message: string) => expect.objectContaining({ code, message });

describe('a call', () => {
  it('is answered by the method of that name, aliases too', async () => {
    const { call, lines, traces } = house([echo('supervisor.echo'), echo('supervisor.again')]);
    expect(await call('supervisor.echo', 'ab', 2)).toBe('abab');
    expect(await call('supervisor.again', 'c')).toBe('c');
    expect(lines).toEqual([]);
    expect(traces.slice(0, 2)).toEqual([
      'XML-RPC method called: supervisor.echo()',
      'XML-RPC method supervisor.echo() returned successfully',
    ]);
  });

  it.each([
    'supervisor.noSuch',
    'nospace.getState',
    'echo',
    'supervisor',
    'supervisor._update',
    'supervisor.echo.call',
    '',
    'a.b.c',
    '__proto__.x',
    'constructor',
  ])('of %j is unknown', async (name) => {
    await expect(house([echo('supervisor.echo')]).call(name)).rejects.toEqual(fault(1, 'UNKNOWN_METHOD'));
  });

  it('shows a name that is none of ours shortened and quoted', async () => {
    const { call, traces } = house([]);
    await expect(call(`a\nb${'c'.repeat(1000)}`)).rejects.toEqual(fault(1, 'UNKNOWN_METHOD'));
    const shown = `'a\\nb${'c'.repeat(97)}'()`;
    expect(traces).toEqual([
      `XML-RPC method called: ${shown}`,
      `XML-RPC method ${shown} returned fault: [1] UNKNOWN_METHOD`,
    ]);
  });

  it('is answered in whatever namespace its method is', async () => {
    const { call } = house([inNamespace('other', echo('supervisor.echo'))]);
    expect(await call('other.echo', 'a')).toBe('a');
    await expect(call('supervisor.echo', 'a')).rejects.toEqual(fault(1, 'UNKNOWN_METHOD'));
  });

  it('needs the right parameters', async () => {
    const { call } = house([echo('supervisor.echo')]);
    for (const params of [[], ['a', 1, 2], [5], ['a', 'b']]) {
      await expect(call('supervisor.echo', ...params)).rejects.toEqual(fault(2, 'INCORRECT_PARAMETERS'));
    }
  });

  it('whose method fails unexpectedly is told to the main log', async () => {
    const broken = method({
      name: 'supervisor.broken',
      parameters: [],
      returns: 'int',
      help: '',
      call: () => Promise.reject(new TypeError('no such thing')),
    });
    const { call, lines } = house([broken]);
    await expect(call('supervisor.broken')).rejects.toThrow('no such thing');
    expect(lines).toEqual([
      expect.stringMatching(
        /^critical Handling XML-RPC request supervisor\.broken\(\) raised an unexpected exception: TypeError: no such thing\n +at /,
      ),
    ]);
  });
});

describe('while the daemon ends', () => {
  const toTheEnd = { ...echo('supervisor.sendRemoteCommEvent'), isAnsweredToTheEnd: true } as const;
  const methods = [echo('supervisor.echo'), inNamespace('other', echo('supervisor.echo')), toTheEnd];

  it('methods say so, but for those that go on to the end', async () => {
    const { call } = house(methods, () => false);
    await expect(call('supervisor.echo', 'a')).rejects.toEqual(fault(6, 'SHUTDOWN_STATE'));
    await expect(call('other.echo', 'a')).rejects.toEqual(fault(6, 'SHUTDOWN_STATE'));
    expect(await call('supervisor.sendRemoteCommEvent', 'a')).toBe('a');
    expect(await call('system.listMethods')).toContain('supervisor.echo');
    expect(await call('system.multicall', [{ methodName: 'supervisor.echo', params: ['a'] }])).toEqual([
      { faultCode: 6, faultString: 'SHUTDOWN_STATE' },
    ]);
  });

  it('a wrong count is told before, a wrong type after', async () => {
    const { call } = house(methods, () => false);
    await expect(call('supervisor.echo')).rejects.toEqual(fault(2, 'INCORRECT_PARAMETERS'));
    await expect(call('supervisor.echo', 5)).rejects.toEqual(fault(6, 'SHUTDOWN_STATE'));
  });
});

describe('introspection', () => {
  const signal = method({
    name: 'supervisor.signal',
    parameters: [{ name: 'signal', type: 'string or int' }],
    returns: 'boolean',
    help: 'Sends a signal.',
    call: () => true,
  });

  it('lists everything, sorted', async () => {
    expect(await house([signal, echo('fleet.echo')]).call('system.listMethods')).toEqual([
      'fleet.echo',
      'supervisor.signal',
      'system.listMethods',
      'system.methodHelp',
      'system.methodSignature',
      'system.multicall',
    ]);
  });

  it('tells signature and help', async () => {
    const { call } = house([signal, echo('fleet.echo')]);
    expect(await call('system.methodSignature', 'fleet.echo')).toEqual(['string', 'string', 'int']);
    expect(await call('system.methodSignature', 'supervisor.signal')).toEqual(['boolean', 'string']);
    expect(await call('system.methodSignature', 'system.multicall')).toEqual(['array', 'array']);
    expect(await call('system.methodHelp', 'supervisor.signal')).toBe('Sends a signal.');
  });

  it('knows nothing of what there is not', async () => {
    const { call } = house([]);
    for (const asked of ['system.methodSignature', 'system.methodHelp']) {
      await expect(call(asked, 'no.such')).rejects.toEqual(fault(4, 'SIGNATURE_UNSUPPORTED'));
    }
  });
});

describe('system.multicall', () => {
  it('answers in order: plain values, fragments, faults', async () => {
    const { call } = house([
      echo('supervisor.echo'),
      method({
        name: 'supervisor.all',
        parameters: [],
        returns: 'array',
        help: '',
        call: () => new XmlFragment('<value><array><data><value><int>7</int></value></data></array></value>'),
      }),
      method({
        name: 'supervisor.ghost',
        parameters: [],
        returns: 'int',
        help: '',
        call: () => {
          throw new XmlRpcFault('BAD_NAME', 'ghost');
        },
      }),
    ]);
    const calls = ['supervisor.all', 'supervisor.ghost', 'no.such'].map((methodName) => ({ methodName, params: [] }));
    expect(await call('system.multicall', [{ methodName: 'supervisor.echo', params: ['x'] }, ...calls])).toEqual([
      'x',
      [7],
      { faultCode: 10, faultString: 'BAD_NAME: ghost' },
      { faultCode: 1, faultString: 'UNKNOWN_METHOD' },
    ]);
    expect(await call('system.multicall', [])).toEqual([]);
  });

  it('takes an empty struct or text for no parameters: what other languages make of an empty array', async () => {
    const { call } = house([]);
    const empty = ['', {}, []].map((params) => ({ methodName: 'system.listMethods', params }));
    const [first, ...others] = Object.values(Object(await call('system.multicall', empty)));
    expect(first).toContain('system.multicall');
    expect(others).toEqual([first, first]);
  });

  it('refuses what is no call, and itself', async () => {
    const { call } = house([echo('supervisor.echo')]);
    const incorrect = (detail: string) => ({ faultCode: 2, faultString: `INCORRECT_PARAMETERS${detail}` });
    const odd: readonly XmlRpcValue[] = [
      { methodName: 'system.multicall', params: [[]] },
      { params: [] },
      'no struct',
      ['no', 'struct'],
      { methodName: 'supervisor.echo', params: 'x' },
      { methodName: 'supervisor.echo' },
      { methodName: 'system.listMethods', params: ['x'] },
    ];
    expect(await call('system.multicall', odd)).toEqual([
      incorrect(': Recursive system.multicall forbidden'),
      incorrect(': No methodName'),
      incorrect(': No methodName'),
      incorrect(': No methodName'),
      incorrect(''),
      incorrect(''),
      incorrect(''),
    ]);
    await expect(call('system.multicall')).rejects.toEqual(fault(2, 'INCORRECT_PARAMETERS'));
    await expect(call('system.multicall', 'x')).rejects.toEqual(fault(2, 'INCORRECT_PARAMETERS'));
  });

  it('makes a call when the one before has ended, and goes on after one that failed', async () => {
    const order: string[] = [];
    const step = method({
      name: 'supervisor.step',
      parameters: [{ name: 'name', type: 'string' }],
      returns: 'string',
      help: '',
      call: async (name) => {
        order.push(`${name} begins`);
        await new Promise((resolve) => setImmediate(resolve));
        order.push(`${name} ends`);
        if (name === 'b') throw new Error('broke');
        return name;
      },
    });
    const { call, lines } = house([step]);
    const answer = await call(
      'system.multicall',
      ['a', 'b', 'c'].map((name) => ({ methodName: step.name, params: [name] })),
    );
    expect(answer).toEqual(['a', { faultCode: 30, faultString: 'FAILED: broke' }, 'c']);
    expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
    expect(lines).toHaveLength(1);
  });

  it('lets others have their turn', async () => {
    const busy = method({
      name: 'supervisor.busy',
      parameters: [],
      returns: 'boolean',
      help: '',
      call: () => {
        const until = systemClock.now() + 1000;
        while (systemClock.now() < until);
        return true;
      },
    });
    let turns = 0;
    let isOver = false;
    const count = () => {
      turns += 1;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    await house([busy]).call('system.multicall', Array(100).fill({ methodName: 'supervisor.busy', params: [] }));
    isOver = true;
    // A hundred milliseconds in slices of eight, with room for a machine that is itself kept waiting.
    expect(turns).toBeGreaterThan(3);
  });

  it('makes no more calls when the answers grow without bound', async () => {
    let made = 0;
    const big = new XmlFragment(`<value><string>${'x'.repeat(30 * 1024 ** 2)}</string></value>`);
    const read = method({
      name: 'supervisor.read',
      parameters: [],
      returns: 'string',
      help: '',
      call: () => {
        made += 1;
        return big;
      },
    });
    const dispatcher = new Dispatcher({ methods: [read], clock: systemClock, isRunning: () => true, log: () => {} });
    const answer = await dispatcher.call('system.multicall', [Array(50).fill({ methodName: 'supervisor.read' })]);
    expect(made).toBe(3);
    expect(answer instanceof XmlFragment && answer.xml.match(/FAILED: not called/g)?.length).toBe(47);
  });
});
