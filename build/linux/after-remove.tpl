#!/bin/bash
# After the deb or rpm is removed. An upgrade of the rpm runs this after the new one was installed: then the links stay.

for link in '/usr/bin/${executable}' '/usr/bin/reunion'; do
    if [ -L "$link" ] && [ ! -e "$link" ]; then
        rm -f "$link"
    fi
done

profile='/etc/apparmor.d/${executable}'
if [ -f "$profile" ] && [ ! -e '/opt/${sanitizedProductName}/${executable}' ]; then
    if apparmor_status --enabled > /dev/null 2>&1 && hash apparmor_parser 2>/dev/null; then
        apparmor_parser --remove "$profile" || true
    fi
    rm -f "$profile"
fi
