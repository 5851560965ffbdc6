/** How the log room says that something is wrong: the main log is one listener, a test another. */

export type LogReporter = (level: 'warn' | 'error', message: string) => void;
