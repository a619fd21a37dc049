// Has to be imported before @apollo/gateway: its telemetry exporter is on unless this says otherwise at load time.

process.env['APOLLO_TELEMETRY_DISABLED'] = 'true';
