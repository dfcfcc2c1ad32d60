/** What is started at login: a command and its environment. */
export interface Service {
  /** Path of the Node executable. */
  node: string;
  /** Path of Samepoint's script. */
  script: string;
  environment: Readonly<Record<string, string>>;
}

/** Label of the launchd agent. */
export const LAUNCHD_LABEL = 'io.github.samepoint.daemon';

/**
 * The property list of a launchd agent. It restarts the daemon after a failure, not after `samepoint stop`. Standard
 * output is dropped, as it has the pairing code.
 */
export function launchAgent({ node, script, environment }: Service, log: string): string {
  const strings = [node, script, 'start'].map((argument) => `    <string>${escapeXml(argument)}</string>`);
  const variables = Object.entries(environment).map(
    ([name, value]) => `    <key>${escapeXml(name)}</key>\n    <string>${escapeXml(value)}</string>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${LAUNCHD_LABEL}</string>
  <key>ProgramArguments</key>
  <array>
${strings.join('\n')}
  </array>
  <key>EnvironmentVariables</key>
  <dict>
${variables.join('\n')}
  </dict>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ThrottleInterval</key>
  <integer>60</integer>
  <key>ProcessType</key>
  <string>Interactive</string>
  <key>StandardOutPath</key>
  <string>/dev/null</string>
  <key>StandardErrorPath</key>
  <string>${escapeXml(log)}</string>
</dict>
</plist>
`;
}

/** A systemd user unit. It restarts the daemon after a failure, not after `samepoint stop`. Its log is the journal. */
export function systemdUnit({ node, script, environment }: Service): string {
  const variables = Object.entries(environment).map(
    ([name, value]) => `Environment=${quoteSystemd(`${name}=${value}`)}\n`,
  );
  return `[Unit]
Description=Samepoint daemon for the Figma plugin
StartLimitIntervalSec=300
StartLimitBurst=5

[Service]
ExecStart=${execStart(node, script)}
${variables.join('')}Restart=on-failure
RestartSec=10
# the output has the pairing code, which does not belong into the journal
StandardOutput=null

[Install]
WantedBy=default.target
`;
}

/** systemd refuses quotes in the path of an executable, but not in arguments. There, `$` starts a variable. */
function execStart(node: string, script: string): string {
  const command = [node, script].map((path) => quoteSystemd(path).replaceAll('$', '$$$$'));
  return ['/usr/bin/env', ...command, 'start'].join(' ');
}

/** `%` starts a specifier; backslashes and quotes are escaped as in C. */
function quoteSystemd(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replaceAll('%', '%%').replaceAll('\n', '\\n')}"`;
}

/**
 * A task of the Windows Task Scheduler, which needs no administrator: it is for one user. The task ends at once, as the
 * daemon runs in the background.
 * @param user `DOMAIN\name`
 */
export function scheduledTask({ node, script }: Service, user: string): string {
  return `<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>Starts the Samepoint daemon for the Figma plugin.</Description>
  </RegistrationInfo>
  <Triggers>
    <LogonTrigger>
      <Enabled>true</Enabled>
      <UserId>${escapeXml(user)}</UserId>
    </LogonTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <UserId>${escapeXml(user)}</UserId>
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Enabled>true</Enabled>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>${escapeXml(node)}</Command>
      <Arguments>${escapeXml(`"${script}" start --background`)}</Arguments>
    </Exec>
  </Actions>
</Task>
`.replaceAll('\n', '\r\n');
}

/** What identifies the installation in a file of the functions above. */
export function programIn(format: 'launchd' | 'systemd' | 'task', { node, script }: Service): string[] {
  return format === 'systemd' ? [execStart(node, script)] : [escapeXml(node), escapeXml(script)];
}

const XML_ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => XML_ENTITIES[character] ?? character);
}
