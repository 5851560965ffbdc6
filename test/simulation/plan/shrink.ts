/**
 * Makes a plan that fails smaller: leaves out what the failure does not need (delta debugging, as Zeller and Hildebrandt
 * describe it), then hosts. Pure but for the telling, which comes in.
 */
import type { Plan, PlanItem } from './plan.ts';

export interface ShrinkParts {
  /** Whether a plan still fails in the same way. */
  readonly fails: (plan: Plan) => Promise<boolean>;
  /** Tellings at most. */
  readonly triesMax: number;
}

export async function shrink(plan: Plan, { fails, triesMax }: ShrinkParts): Promise<Plan> {
  let tries = 0;
  const isSmaller = async (candidate: Plan) => tries++ < triesMax && (await fails(candidate));
  const items = await fewest(plan.items, (kept) => isSmaller({ ...plan, items: kept }));
  let smaller: Plan = { ...plan, items };
  // From the last on: numbers stay what they are in the story.
  for (let hosts = plan.hosts - 1; hosts >= 1; hosts--) {
    const fewer = withHosts(smaller, hosts);
    if (fewer === undefined || !(await isSmaller(fewer))) break;
    smaller = fewer;
  }
  return smaller;
}

/** The items without which `fails` no longer holds, as far as leaving out chunks finds them. */
async function fewest(
  items: readonly PlanItem[],
  fails: (kept: readonly PlanItem[]) => Promise<boolean>,
): Promise<readonly PlanItem[]> {
  let kept = items;
  for (let chunk = Math.ceil(kept.length / 2); chunk >= 1; ) {
    let isShorter = false;
    for (let from = 0; from < kept.length; ) {
      const without = kept.filter((_, i) => i < from || i >= from + chunk);
      if (await fails(without)) {
        kept = without;
        isShorter = true;
      } else {
        from += chunk;
      }
    }
    if (chunk === 1 && !isShorter) break;
    chunk = isShorter && chunk === 1 ? 1 : Math.floor(chunk / 2) || 1;
    if (kept.length === 0) break;
  }
  return kept;
}

/** undefined when something of the story is about one of the others. */
function withHosts(plan: Plan, hosts: number): Plan | undefined {
  const isAbout = ({ happening }: PlanItem, host: number) =>
    'host' in happening ? happening.host === host : 'hosts' in happening && happening.hosts.includes(host);
  if (plan.items.some((item) => isAbout(item, hosts + 1))) return undefined;
  return { ...plan, hosts, joinsAtMs: plan.joinsAtMs.slice(0, hosts) };
}
