/** What `-h` prints. */

export function usage(program: string): string {
  return `${program} -- tells a running Supervisor what to do with its programs

Usage: ${program} [options] [command [arguments]]

Options:
-c/--configuration FILENAME -- config file to read the [supervisorctl] section of
     (looked for in the usual places if not given)
-h/--help -- print this and exit
-i/--interactive -- a shell, as without a command; with one, ask before shutdown and reload
-s/--serverurl URL -- where the server listens: unix:///path/to/socket or http://host:port
     (default "http://localhost:9001")
-u/--username USERNAME -- who to be for the server
-p/--password PASSWORD -- and the password (better kept in the config file: others see a command line)
-r/--history_file FILENAME -- keep the lines typed in the shell in this file

Without a command a shell reads commands line by line. "${program} help" lists them,
"${program} help start" explains one.
`;
}
