# Writes the settings of a Dovecot and a Postfix into FOLDER and starts both on loopback, without TLS.
# From the environment: FOLDER, CHECK (where a token is checked), IMAP, LMTP, SASL, SMTP (ports), DOMAIN.
set -eu
mkdir -p "$FOLDER/dovecot" "$FOLDER/mail" "$FOLDER/postfix" "$FOLDER/queue" "$FOLDER/state"
chmod 755 "$FOLDER"
chown mail:mail "$FOLDER/mail"
chown postfix "$FOLDER/state"

cat > "$FOLDER/token.conf" <<END
introspection_url = $CHECK
introspection_mode = auth
force_introspection = yes
username_attribute = email
active_attribute = active
active_value = true
timeout_msecs = 10000
END

# Nothing may follow an opening brace on its line. A refused sign-in would hold up all later ones from the same address,
# so the penalty is off.
cat > "$FOLDER/dovecot.conf" <<END
base_dir = $FOLDER/dovecot
state_dir = $FOLDER/dovecot
log_path = $FOLDER/dovecot.log
instance_name = portico-$IMAP
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = xoauth2 oauthbearer
auth_failure_delay = 0
auth_username_format = %Lu
mail_location = maildir:$FOLDER/mail/%d/%n
first_valid_uid = 1
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = $FOLDER/token.conf
}
userdb {
  driver = static
  args = uid=mail gid=mail home=$FOLDER/mail/%d/%n/home allow_all_users=yes
}
service imap-login {
  inet_listener imap {
    port = $IMAP
  }
  inet_listener imaps {
    port = 0
  }
}
service lmtp {
  inet_listener lmtp {
    port = $LMTP
  }
}
service auth {
  inet_listener {
    port = $SASL
  }
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  unix_listener stats-writer {
    mode = 0666
  }
}
protocol lmtp {
  postmaster_address = postmaster@$DOMAIN
}
END

# Mail for DOMAIN goes to Dovecot; nothing leaves the machine.
cat > "$FOLDER/postfix/main.cf" <<END
compatibility_level = 3.6
queue_directory = $FOLDER/queue
data_directory = $FOLDER/state
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = $FOLDER/postfix.log
maillog_file_prefixes = $FOLDER
myhostname = mail.$DOMAIN
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks_style = host
local_transport = error:nothing is delivered locally
default_transport = error:nothing leaves this machine
virtual_mailbox_domains = $DOMAIN
virtual_transport = lmtp:inet:127.0.0.1:$LMTP
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:$SASL
smtpd_sasl_auth_enable = yes
smtpd_sasl_security_options = noanonymous
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
smtpd_peername_lookup = no
smtp_dns_support_level = disabled
alias_maps =
alias_database =
END
{
  echo "127.0.0.1:$SMTP inet n - n - - smtpd"
  echo "cleanup unix n - n - 0 cleanup"
  echo "qmgr unix n - n 300 1 qmgr"
  echo "rewrite unix - - n - - trivial-rewrite"
  for name in bounce defer trace; do echo "$name unix - - n - 0 bounce"; done
  echo "proxymap unix - - n - - proxymap"
  for name in error retry; do echo "$name unix - - n - - error"; done
  echo "lmtp unix - - n - - lmtp"
  echo "anvil unix - - n - 1 anvil"
  echo "showq unix n - n - - showq"
  echo "postlog unix-dgram n - n - 1 postlogd"
} > "$FOLDER/postfix/master.cf"

dovecot -c "$FOLDER/dovecot.conf"
postfix -c "$FOLDER/postfix" start
