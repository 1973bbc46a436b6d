# Completion of `runner` for fish. Made by `python -m tests.completions`, where changes belong.

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

# Print the words between the command $argv[1] and the cursor; fail when the command is another one. "" is none yet.
function __runner_words
    set -l words (commandline -opc)
    set -e words[1]
    while string match -q -- '-*' "$words[1]"
        set -e words[1]
    end
    test "$words[1]" = "$argv[1]"; or return 1
    set -q words[2]; and string join \n -- $words[2..-1]
    return 0
end

# Print what __runner_wrapped does, for the command $argv[1].
function __runner_wrapped_by
    set -l words (__runner_words $argv[1]); or return 1
    switch $argv[1]
        case run
            __runner_wrapped '^(-[^-ic]*[ic]|--identity|--config|--region|--account|--expect-arn|--via|--assume-role|--duration|--role-session-name|--source-identity|--session-tag|--session-policy|--session-policy-arn|--inject|--min-ttl|--max-lifetime|--on-expiry|--validate|--login|--timeout|--kill-after|--pdeathsig|--error-format|--report)$' $words
        case sandbox
            __runner_wrapped '^()$' $words
        case '*'
            return 1
    end
end

# Succeed where the options of the command $argv[1] can stand.
function __runner_at
    __runner_words $argv[1] >/dev/null; and not __runner_wrapped_by $argv[1] >/dev/null
end

function __runner_complete
    for prefix in run sandbox
        set -l command (__runner_wrapped_by $prefix); and complete --do-complete="$command"
    end
end

complete -c runner -f -a '(__runner_complete)'
complete -c runner -n '__runner_at ""' -l version -d 'Print the version'
complete -c runner -n '__runner_at ""' -s h -l help -d 'Show this message and exit'
complete -c runner -n '__runner_at ""' -a run -d 'Run a command as a named AWS identity; the same as `run`'
complete -c runner -n '__runner_at ""' -a check -d 'Tell whether commands could be started as these identities; exits as run would'
complete -c runner -n '__runner_at ""' -a list -d 'List identities and AWS profiles: kind, account, role, and whether a lease or a login is there'
complete -c runner -n '__runner_at ""' -a explain -d 'Say how an identity gets its credentials and what a command would receive; or what a failure means'
complete -c runner -n '__runner_at ""' -a config -d 'Check all identities and AWS profiles without using them, or list the files that are looked at, in order'
complete -c runner -n '__runner_at ""' -a login -d 'Log in to IAM Identity Center, for this and all other AWS tools'
complete -c runner -n '__runner_at ""' -a logout -d 'Log out of IAM Identity Center, and remove every lease made from the login'
complete -c runner -n '__runner_at ""' -a accounts -d 'List the accounts that whoever is logged in may use, with their permission sets'
complete -c runner -n '__runner_at ""' -a sync -d 'Write identities for all accounts and permission sets into a runner.toml, and leave the rest of it as it is'
complete -c runner -n '__runner_at ""' -a doctor -d 'Look at clock, endpoints, files, SSO tokens and locks of this machine; 0 when nothing is wrong'
complete -c runner -n '__runner_at ""' -a export -d 'Print an identity\'s credentials: for a credential_process, or for a shell'
complete -c runner -n '__runner_at ""' -a trust -d 'Trust a project\'s runner.toml as it is now; a change takes the trust away'
complete -c runner -n '__runner_at ""' -a sandbox -d 'Start a local AWS with demo accounts and identities, and COMMAND or $SHELL inside it'

complete -c runner -n '__runner_at run' -s i -l identity -x -a '(__runner_names identities)' -d 'Act as this identity of a runner.toml, AWS profile or role ARN'
complete -c runner -n '__runner_at run' -s c -l config -r -F -d 'Read identities from this file alone; naming it is trusting it'
complete -c runner -n '__runner_at run' -l region -x -d 'The AWS region of the command'
complete -c runner -n '__runner_at run' -l account -x -d 'Refuse to start unless AWS says this is the account'
complete -c runner -n '__runner_at run' -l expect-arn -x -d 'Refuse to start unless AWS says this is the ARN; * and ? stand for others'
complete -c runner -n '__runner_at run' -l via -x -a '(__runner_names identities)' -d 'Assume the role that is named by its ARN with the credentials of this identity'
complete -c runner -n '__runner_at run' -l assume-role -x -d 'Assume this role with the credentials of the identity'
complete -c runner -n '__runner_at run' -l duration -x -d 'How long the last role\'s session is to last: 90s, 15m, 1h30m'
complete -c runner -n '__runner_at run' -l role-session-name -x -a '(__runner_names identities)' -d 'What the last role\'s session is called'
complete -c runner -n '__runner_at run' -l source-identity -x -a '(__runner_names identities)' -d 'Who is behind the last role\'s session, for CloudTrail'
complete -c runner -n '__runner_at run' -l session-tag -x -d 'A tag of the last role\'s session, KEY=VALUE; may be repeated'
complete -c runner -n '__runner_at run' -l session-policy -r -F -d 'Allow the last role\'s session no more than the policy in this file, or in this JSON, does too'
complete -c runner -n '__runner_at run' -l session-policy-arn -x -d 'And no more than this managed policy does; may be repeated'
complete -c runner -n '__runner_at run' -l inject -x -a 'process file' -d 'How the command gets credentials: a process that its SDK asks, or keys in a file (no SDK reads that again)'
complete -c runner -n '__runner_at run' -l min-ttl -x -d 'Start only with credentials that last at least so long'
complete -c runner -n '__runner_at run' -l max-lifetime -x -d 'Stop renewing credentials so long after the start'
complete -c runner -n '__runner_at run' -l on-expiry -x -a 'warn term ignore' -d 'What to do when credentials end and cannot be renewed: say so, end the command (status 77), nothing'
complete -c runner -n '__runner_at run' -l validate -x -a 'always auto never' -d 'Ask AWS who the credentials are: before each start, unless known for 15 minutes, never'
complete -c runner -n '__runner_at run' -l login -x -a 'auto never' -d 'When an SSO login is needed: ask on the terminal whether to log in, or fail'
complete -c runner -n '__runner_at run' -l timeout -x -d 'End the command with TERM after so long; status 124'
complete -c runner -n '__runner_at run' -l kill-after -x -d 'And with KILL when it lives so long after TERM; status 137'
complete -c runner -n '__runner_at run' -l pdeathsig -x -d 'Send the command this signal when run itself is killed (Linux)'
complete -c runner -n '__runner_at run' -l linger -d 'Leave the private files until the credentials end, for what stays behind'
complete -c runner -n '__runner_at run' -l no-input -d 'Never ask, and let no program ask: fail instead. The default where CI is set, unless RUN_NO_INPUT=0'
complete -c runner -n '__runner_at run' -l error-format -x -a 'text json' -d 'How failures are written'
complete -c runner -n '__runner_at run' -l report -r -F -d 'Write a JSON object about the run, when it has ended, in place of this file'
complete -c runner -n '__runner_at run' -l dry-run -d 'Print who the command would act as, and what it would get; do not run it'
complete -c runner -n '__runner_at run' -s v -l verbose -d 'Say who the command acts as, and what was set and removed for it'
complete -c runner -n '__runner_at run' -s q -l quiet -d 'Write failures only'
complete -c runner -n '__runner_at run' -l debug -d 'Add where in run a failure was raised'
complete -c runner -n '__runner_at run' -l version -d 'Print the version'
complete -c runner -n '__runner_at run' -s h -l help -d 'Show this message and exit'

complete -c runner -n '__runner_at check' -l except -x -a '(__runner_names patterns)' -d 'Leave these out'
complete -c runner -n '__runner_at check' -s c -l config -r -F -d 'As of run'
complete -c runner -n '__runner_at check' -l format -x -a 'table json' -d 'A table for people, or JSON'
complete -c runner -n '__runner_at check' -s h -l help -d 'Show this message and exit'
complete -c runner -n '__runner_at check' -a '(__runner_names patterns)'

complete -c runner -n '__runner_at list' -l except -x -a '(__runner_names patterns)' -d 'Leave these out'
complete -c runner -n '__runner_at list' -s c -l config -r -F -d 'As of run'
complete -c runner -n '__runner_at list' -l format -x -a 'table json' -d 'A table for people, or JSON'
complete -c runner -n '__runner_at list' -s h -l help -d 'Show this message and exit'
complete -c runner -n '__runner_at list' -a '(__runner_names patterns)'

complete -c runner -n '__runner_at explain' -l slug -x -d 'Explain a failure, or with `all` every one'
complete -c runner -n '__runner_at explain' -s c -l config -r -F -d 'As of run'
complete -c runner -n '__runner_at explain' -l format -x -a 'table json' -d 'A table for people, or JSON'
complete -c runner -n '__runner_at explain' -s h -l help -d 'Show this message and exit'
complete -c runner -n '__runner_at explain' -a '(__runner_names identities)'

complete -c runner -n '__runner_at config' -l format -x -a 'table json' -d 'A table for people, or JSON'
complete -c runner -n '__runner_at config' -s h -l help -d 'Show this message and exit'

complete -c runner -n '__runner_at login' -l sso-session -x -a '(__runner_names sso-sessions)' -d 'Or an SSO session'
complete -c runner -n '__runner_at login' -l no-browser -d 'Print the address of the page only'
complete -c runner -n '__runner_at login' -l device-code -d 'Log in with a browser of any machine'
complete -c runner -n '__runner_at login' -s c -l config -r -F -d 'Read identities from this file alone'
complete -c runner -n '__runner_at login' -s h -l help -d 'Show this message and exit'
complete -c runner -n '__runner_at login' -a '(__runner_names identities)'

complete -c runner -n '__runner_at logout' -l sso-session -x -a '(__runner_names sso-sessions)' -d 'Or an SSO session'
complete -c runner -n '__runner_at logout' -l all -d 'Log out of every SSO session'
complete -c runner -n '__runner_at logout' -s c -l config -r -F -d 'Read identities from this file alone'
complete -c runner -n '__runner_at logout' -s h -l help -d 'Show this message and exit'
complete -c runner -n '__runner_at logout' -a '(__runner_names identities)'

complete -c runner -n '__runner_at accounts' -l sso-session -x -a '(__runner_names sso-sessions)' -d 'An SSO session'
complete -c runner -n '__runner_at accounts' -s c -l config -r -F -d 'As of run'
complete -c runner -n '__runner_at accounts' -l format -x -a 'table json' -d 'A table for people, or JSON'
complete -c runner -n '__runner_at accounts' -s h -l help -d 'Show this message and exit'

complete -c runner -n '__runner_at sync' -l sso-session -x -a '(__runner_names sso-sessions)' -d 'Of this SSO session'
complete -c runner -n '__runner_at sync' -l organization -d 'Of the accounts of an organization'
complete -c runner -n '__runner_at sync' -l via -x -a '(__runner_names identities)' -d 'The identity that lists them'
complete -c runner -n '__runner_at sync' -l role -x -d 'The role in each of them'
complete -c runner -n '__runner_at sync' -s c -l config -r -F -d 'Write into this file'
complete -c runner -n '__runner_at sync' -l name -x -d 'How identities are called'
complete -c runner -n '__runner_at sync' -l prune -d 'Remove entries of sync that are gone'
complete -c runner -n '__runner_at sync' -l dry-run -d 'Say what would change'
complete -c runner -n '__runner_at sync' -s h -l help -d 'Show this message and exit'

complete -c runner -n '__runner_at doctor' -l format -x -a 'table json' -d 'A table for people, or JSON'
complete -c runner -n '__runner_at doctor' -s h -l help -d 'Show this message and exit'

complete -c runner -n '__runner_at export' -s c -l config -r -F -d 'Read identities from this file alone; naming it is trusting it. [RUN_CONFIG]'
complete -c runner -n '__runner_at export' -l region -x -d 'The AWS region of the command. [RUN_REGION]'
complete -c runner -n '__runner_at export' -l account -x -d 'Refuse to start unless AWS says this is the account. [RUN_ACCOUNT]'
complete -c runner -n '__runner_at export' -l expect-arn -x -d 'Refuse to start unless AWS says this is the ARN; * and ? stand for others. [RUN_EXPECT_ARN]'
complete -c runner -n '__runner_at export' -l via -x -a '(__runner_names identities)' -d 'Assume the role that is named by its ARN with the credentials of this identity. [RUN_VIA]'
complete -c runner -n '__runner_at export' -l assume-role -x -d 'Assume this role with the credentials of the identity. [RUN_ASSUME_ROLE]'
complete -c runner -n '__runner_at export' -l duration -x -d 'How long the last role\'s session is to last: 90s, 15m, 1h30m. [RUN_DURATION]'
complete -c runner -n '__runner_at export' -l role-session-name -x -a '(__runner_names identities)' -d 'What the last role\'s session is called. [RUN_ROLE_SESSION_NAME]'
complete -c runner -n '__runner_at export' -l source-identity -x -a '(__runner_names identities)' -d 'Who is behind the last role\'s session, for CloudTrail. [RUN_SOURCE_IDENTITY]'
complete -c runner -n '__runner_at export' -l session-tag -x -d 'A tag of the last role\'s session, KEY=VALUE; may be repeated'
complete -c runner -n '__runner_at export' -l session-policy -r -F -d 'Allow the last role\'s session no more than the policy in this file, or in this JSON, does too. [RUN_SESSION_POLICY]'
complete -c runner -n '__runner_at export' -l session-policy-arn -x -d 'And no more than this managed policy does; may be repeated'
complete -c runner -n '__runner_at export' -l min-ttl -x -d 'Start only with credentials that last at least so long. [RUN_MIN_TTL]'
complete -c runner -n '__runner_at export' -l validate -x -a 'always auto never' -d 'Ask AWS who the credentials are: before each start, unless known for 15 minutes, never. [RUN_VALIDATE]'
complete -c runner -n '__runner_at export' -l login -x -a 'auto never' -d 'When an SSO login is needed: ask on the terminal whether to log in, or fail. [RUN_LOGIN]'
complete -c runner -n '__runner_at export' -l no-input -d 'Never ask, and let no program ask: fail instead. The default where CI is set, unless RUN_NO_INPUT=0. [RUN_NO_INPUT]'
complete -c runner -n '__runner_at export' -l error-format -x -a 'text json' -d 'How failures are written. [RUN_ERROR_FORMAT]'
complete -c runner -n '__runner_at export' -s q -l quiet -d 'Write failures only. [RUN_QUIET]'
complete -c runner -n '__runner_at export' -l debug -d 'Add where in run a failure was raised. [RUN_DEBUG]'
complete -c runner -n '__runner_at export' -l format -x -d 'How they are written: process, env, env-no-export, fish, powershell, windows-cmd'
complete -c runner -n '__runner_at export' -s h -l help -d 'Show this message and exit'
complete -c runner -n '__runner_at export' -a '(__runner_names identities)'

complete -c runner -n '__runner_at trust' -s h -l help -d 'Show this message and exit'
complete -c runner -n '__runner_at trust' -F

complete -c runner -n '__runner_at sandbox' -s h -l help -d 'Show this message and exit'
