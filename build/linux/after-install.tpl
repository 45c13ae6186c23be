#!/bin/bash
# After the deb or rpm is unpacked: as electron-builder's own (of 26.17), and `reunion` on the PATH.

ln -sf '/opt/${sanitizedProductName}/${executable}' '/usr/bin/${executable}'
ln -sf '/opt/${sanitizedProductName}/resources/bin/reunion' '/usr/bin/reunion'

# Where the kernel has user namespaces the sandbox uses them; elsewhere its helper has to be set-uid.
if ! { [[ -L /proc/self/ns/user ]] && unshare --user true; }; then
    chmod 4755 '/opt/${sanitizedProductName}/chrome-sandbox' || true
else
    chmod 0755 '/opt/${sanitizedProductName}/chrome-sandbox' || true
fi

if hash update-mime-database 2>/dev/null; then
    update-mime-database /usr/share/mime || true
fi
if hash update-desktop-database 2>/dev/null; then
    update-desktop-database /usr/share/applications || true
fi

# Ubuntu 24 and later let no program have user namespaces without an AppArmor profile. Older ones do not know its syntax.
if apparmor_status --enabled > /dev/null 2>&1; then
    source='/opt/${sanitizedProductName}/resources/apparmor-profile'
    target='/etc/apparmor.d/${executable}'
    if apparmor_parser --skip-kernel-load --debug "$source" > /dev/null 2>&1; then
        cp -f "$source" "$target"
        if ! { [ -x '/usr/bin/ischroot' ] && /usr/bin/ischroot; } && hash apparmor_parser 2>/dev/null; then
            apparmor_parser --replace --write-cache --skip-read-cache "$target" || true
        fi
    fi
fi
