# Completion of `run` for fish. Made by `python -m tests.completions`, where changes belong.

# Print the names of the kind $argv[1]; fish quotes them.
function __runner_names
    set -l words (commandline -opc)
    set -l program $words[1]
    string match -q '*/*' -- $program; and test -x $program; or set program (string replace -r '.*/' '' -- $program)
    command $program --complete $argv[1] '' $words 2>/dev/null
end

# Print the command behind the options, as far as it is typed; fail while the cursor stands before it. $argv[2..] are
# the words before the cursor, from the first option on; $argv[1] matches the options whose value is the next word.
function __runner_wrapped
    set -l valued $argv[1]
    set -l words $argv[2..-1]
    set -l current (commandline -ct)
    while set -q words[1]
        if test "$words[1]" = --
            set -e words[1]
            break
        else if not string match -rq '^-.' -- "$words[1]"
            break
        else if string match -rq -- $valued "$words[1]"
            set -q words[2]; or return 1 # the cursor stands in the value
            set -e words[1]
        end
        set -e words[1]
    end
    if not set -q words[1]; and string match -q -- '-*' "$current"
        return 1
    end
    string join ' ' -- (string escape -- $words) "$current"
    return 0 # string join fails when there is one word
end

function __runner_run_wrapped
    set -l words (commandline -opc)
    __runner_wrapped '^(-[^-ic]*[ic]|--identity|--config|--region|--account|--expect-arn|--via|--assume-role|--duration|--role-session-name|--source-identity|--session-tag|--session-policy|--session-policy-arn|--inject|--min-ttl|--max-lifetime|--on-expiry|--validate|--login|--timeout|--kill-after|--pdeathsig|--error-format|--report)$' $words[2..-1]
end

function __runner_run_complete
    set -l command (__runner_run_wrapped); and complete --do-complete="$command"
end

set -l options 'not __runner_run_wrapped >/dev/null'
complete -c run -x -a '(__runner_run_complete)'
complete -c run -n $options -s i -l identity -x -a '(__runner_names identities)' -d 'Act as this identity of a runner.toml, AWS profile or role ARN'
complete -c run -n $options -s c -l config -r -F -d 'Read identities from this file alone; naming it is trusting it'
complete -c run -n $options -l region -x -d 'The AWS region of the command'
complete -c run -n $options -l account -x -d 'Refuse to start unless AWS says this is the account'
complete -c run -n $options -l expect-arn -x -d 'Refuse to start unless AWS says this is the ARN; * and ? stand for others'
complete -c run -n $options -l via -x -a '(__runner_names identities)' -d 'Assume the role that is named by its ARN with the credentials of this identity'
complete -c run -n $options -l assume-role -x -d 'Assume this role with the credentials of the identity'
complete -c run -n $options -l duration -x -d 'How long the last role\'s session is to last: 90s, 15m, 1h30m'
complete -c run -n $options -l role-session-name -x -a '(__runner_names identities)' -d 'What the last role\'s session is called'
complete -c run -n $options -l source-identity -x -a '(__runner_names identities)' -d 'Who is behind the last role\'s session, for CloudTrail'
complete -c run -n $options -l session-tag -x -d 'A tag of the last role\'s session, KEY=VALUE; may be repeated'
complete -c run -n $options -l session-policy -r -F -d 'Allow the last role\'s session no more than the policy in this file, or in this JSON, does too'
complete -c run -n $options -l session-policy-arn -x -d 'And no more than this managed policy does; may be repeated'
complete -c run -n $options -l inject -x -a 'process file' -d 'How the command gets credentials: a process that its SDK asks, or keys in a file (no SDK reads that again)'
complete -c run -n $options -l min-ttl -x -d 'Start only with credentials that last at least so long'
complete -c run -n $options -l max-lifetime -x -d 'Stop renewing credentials so long after the start'
complete -c run -n $options -l on-expiry -x -a 'warn term ignore' -d 'What to do when credentials end and cannot be renewed: say so, end the command (status 77), nothing'
complete -c run -n $options -l validate -x -a 'always auto never' -d 'Ask AWS who the credentials are: before each start, unless known for 15 minutes, never'
complete -c run -n $options -l login -x -a 'auto never' -d 'When an SSO login is needed: ask on the terminal whether to log in, or fail'
complete -c run -n $options -l timeout -x -d 'End the command with TERM after so long; status 124'
complete -c run -n $options -l kill-after -x -d 'And with KILL when it lives so long after TERM; status 137'
complete -c run -n $options -l pdeathsig -x -d 'Send the command this signal when run itself is killed (Linux)'
complete -c run -n $options -l linger -d 'Leave the private files until the credentials end, for what stays behind'
complete -c run -n $options -l no-input -d 'Never ask, and let no program ask: fail instead. The default where CI is set, unless RUN_NO_INPUT=0'
complete -c run -n $options -l error-format -x -a 'text json' -d 'How failures are written'
complete -c run -n $options -l report -r -F -d 'Write a JSON object about the run, when it has ended, in place of this file'
complete -c run -n $options -l dry-run -d 'Print who the command would act as, and what it would get; do not run it'
complete -c run -n $options -s v -l verbose -d 'Say who the command acts as, and what was set and removed for it'
complete -c run -n $options -s q -l quiet -d 'Write failures only'
complete -c run -n $options -l debug -d 'Add where in run a failure was raised'
complete -c run -n $options -l version -d 'Print the version'
complete -c run -n $options -s h -l help -d 'Show this message and exit'
