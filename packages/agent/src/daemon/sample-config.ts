/** What `fleet-agent sample-config` prints: a config file that runs as it stands, with every option of every section explained. */

/** A line that begins with `;` and no blank is an option or a section to be had by taking the `;` away. */
export const sampleConfig = `; A config file for fleet-agent. supervisord reads it as well: what only fleet-agent knows, it passes over.
;
;   fleet-agent run -c THIS_FILE              runs it in the foreground
;   fleet-agent ctl -c THIS_FILE status       asks what its programs do
;
; How to write it
;  - Lines that begin with "; " explain. Those with ";" alone are switched off: take the ";" away and edit them. They show
;    the default, or an example where there is none.
;  - A comment behind a value begins with a blank and ";" or "#", also inside quotes: a command with " ;" in it ends there.
;    Put such a command into a script.
;  - A line that is indented goes on with the value of the line above.
;  - true, yes, on and 1 mean the same; so do false, no, off and 0. Sizes take KB, MB and GB.
;  - %(ENV_HOME)s is a variable of the daemon's environment, %(here)s the folder of this file, %(host_node_name)s the name of
;    this machine (in programs), %% one percent sign. Programs also know %(program_name)s, %(group_name)s and, where there
;    are several processes, %(process_num)d.
;  - No shell reads any of this: no $HOME, no pipes. "~" is a home folder, but not in command and directory of programs.
;  - What stands in a section [DEFAULT] holds in every section that does not say otherwise.

; ---- The daemon -------------------------------------------------------------------------------------------------------------

[supervisord]
logfile = %(here)s/supervisord.log    ; the main log; syslog: the system's. Default: supervisord.log in the working folder
pidfile = %(here)s/supervisord.pid    ; default: supervisord.pid in the working folder
;logfile_maxbytes = 50MB               ; the main log is rotated at this size; 0: never
;logfile_backups = 10                  ; how many rotated ones are kept; 0: the log is emptied instead
;loglevel = info                       ; critical, error, warn, info, debug (with the programs' output), trace or blather
;nodaemon = false                      ; true: stay in the foreground, as 'fleet-agent run' does anyway
;silent = false                        ; true: in the foreground, the main log goes to its file alone
;user = nobody                         ; become this user once started; only root can
;identifier = supervisor               ; what clients and event listeners know this daemon by
;childlogdir = /tmp                    ; where programs without a log file of their own have it. Default: the temporary folder
;nocleanup = false                     ; true: keep the automatic logs of earlier runs
;strip_ansi = false                    ; true: take terminal colours and other escape codes out of the programs' logs
;environment = LANG="C.UTF-8",TZ="UTC" ; for the programs, not for the daemon
;minfds = 1024                         ; open files it must be allowed; it raises its limit to this, or does not start
;minprocs = 200                        ; the same for processes
;umask = 022                           ; of the daemon, in the background only
;directory = /tmp                      ; where it goes, in the background only. Default: it stays where it was started

; ---- How clients reach it ---------------------------------------------------------------------------------------------------

; A socket that only the user of the daemon can open. Without this section and the next nobody can talk to it.
[unix_http_server]
file = %(here)s/supervisor.sock
;chmod = 0700                          ; who may open it
;chown = nobody                        ; USER or USER:GROUP that owns it. Default: whoever runs the daemon
;username = operator                   ; ask for this name and the password. Default: neither is asked for
;password = {SHA}e8d4a2f731a2b37fcb169639d14ccb9350952d59 ; in clear, or {SHA} and its SHA-1 in hex

; The same, and a status page for browsers, on a TCP port. There is no encryption: keep it on 127.0.0.1, or set a password and
; let only a network you trust reach it: whoever gets in stops and starts everything, and reads the logs.
;[inet_http_server]
;port = 127.0.0.1:9001                 ; HOST:PORT; *:9001 is every address of this machine
;username = operator
;password = change-me
; More of either kind have a name: [inet_http_server:second].

; Without this section clients find no command to give. By further sections of this kind supervisord loads plugins in Python;
; fleet-agent passes over those, and over [ctlplugin:x].
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

; Read by clients alone: 'fleet-agent ctl' and supervisorctl.
[supervisorctl]
serverurl = unix://%(here)s/supervisor.sock ; or http://127.0.0.1:9001
;username = operator                   ; as in the section of the server
;password = change-me                  ; in clear
;prompt = supervisor                   ; what the shell shows
;history_file = ~/.supervisor_history  ; keeps what was typed in the shell. Default: nothing is kept

; ---- Programs ---------------------------------------------------------------------------------------------------------------

; One section for each program; its name is the one you give to start, stop and tail. Only command is required.
;[program:example]
;command = /bin/cat                    ; with its arguments. Without a slash it is looked for in PATH
;process_name = %(program_name)s       ; with several processes: %(program_name)s_%(process_num)02d
;numprocs = 1                          ; how many processes of it
;numprocs_start = 0                    ; the first process_num
;directory = /tmp                      ; where it runs. Default: where the daemon runs
;user = nobody                         ; who runs it; only root can. HOME and USER stay the daemon's: see environment
;umask = 022                           ; default: the daemon's
;environment = PORT="8080",NAME="a b"  ; over the daemon's; quote what is more than letters and digits
;priority = 999                        ; low ones start first and stop last
; Starting
;autostart = true                      ; start with the daemon
;startsecs = 1                         ; seconds it must live to count as RUNNING; 0: at once
;startretries = 3                      ; a failed start is tried again so often, each time a second later; then it is FATAL
; When it ends by itself
;autorestart = unexpected              ; true: always; false: never; unexpected: unless its exit code is in exitcodes
;exitcodes = 0                         ; with commas between
; Stopping
;stopsignal = TERM                     ; TERM, HUP, INT, QUIT, KILL, USR1, USR2, or any other
;stopwaitsecs = 10                     ; seconds until KILL follows
;stopasgroup = false                   ; true: signal its whole process group, for shells and others that start children
;killasgroup = false                   ; the same for KILL. Default: as stopasgroup
; Output
;redirect_stderr = false               ; true: its stderr goes where its stdout goes
;stdout_logfile = AUTO                 ; a path; AUTO: a file in childlogdir; NONE: nowhere
;stdout_logfile_maxbytes = 50MB        ; rotated at this size; 0: never (needed for /dev/stdout and other pipes)
;stdout_logfile_backups = 10           ; how many rotated ones are kept; 0: the log is emptied instead
;stdout_capture_maxbytes = 0           ; size of what may stand between its event tags; 0: they mean nothing
;stdout_events_enabled = false         ; true: an event for all it writes
;stdout_syslog = false                 ; true: to the system's log as well
;stderr_logfile = AUTO                 ; and so on, as for stdout
;stderr_logfile_maxbytes = 50MB
;stderr_logfile_backups = 10
;stderr_capture_maxbytes = 0
;stderr_events_enabled = false
;stderr_syslog = false
;serverurl = AUTO                      ; SUPERVISOR_SERVER_URL of its environment; AUTO: the first server above

; A program that answers FastCGI on a socket which the daemon opens for it. Every option of [program:x], and these.
;[fcgi-program:example-fcgi]
;command = /usr/bin/php-cgi
;socket = unix://%(here)s/%(program_name)s.sock ; or tcp://127.0.0.1:9000
;socket_owner = nobody                 ; USER or USER:GROUP of a unix socket. Default: the user of the program
;socket_mode = 0700                    ; who may open it
;socket_backlog = 128                  ; connections that wait. Default: as many as the system allows

; A program that is told of events on its stdin and answers on its stdout. Every option of [program:x], and these; only
; redirect_stderr must stay false, and stdout_capture_maxbytes and stdout_syslog do nothing here.
;[eventlistener:example-listener]
;command = /usr/local/bin/on-crash
;events = PROCESS_STATE_FATAL,TICK_60  ; which ones, with commas between; EVENT is all of them
;buffer_size = 10                      ; how many wait for it before the oldest is dropped
;result_handler = supervisor.dispatchers:default_handler ; the only one: others are code in Python
;priority = -1                         ; before the programs, so that it sees them start

; Programs that are started, stopped and named as one: example-group:example, example-group:*.
;[group:example-group]
;programs = example                    ; sections [program:x] and [fcgi-program:x], with commas between
;priority = 999

; ---- More files -------------------------------------------------------------------------------------------------------------

; Read after this one; they may not include others.
;[include]
;files = conf.d/*.conf                 ; patterns with blanks between, relative to this file

; ---- The fleet --------------------------------------------------------------------------------------------------------------

; fleet-agent's alone. Without it, and without --controller, the programs of this file run and nothing else.
;[fleet]
;controller = 127.0.0.1:7401           ; HOST:PORT of the fleet's controller
;name = %(host_node_name)s             ; of this host in the fleet
;groups = web                          ; host groups it is in, with commas between
;labels = region=eu, tier=front        ; key=value, with commas between
;data_dir = /var/lib/fleet-agent       ; what it must remember. Default: a folder of its own for each config file
`;
