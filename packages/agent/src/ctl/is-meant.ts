/** Whether a person means it: asked in the shell, taken for granted in a script. */
import type { CtlSession } from './session.ts';

/** @throws CallError when there is nobody to answer */
export async function isMeant(session: CtlSession, question: string): Promise<boolean> {
  return !session.isInteractive || /^y/i.test(await session.ask(question));
}
