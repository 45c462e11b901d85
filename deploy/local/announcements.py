#!/usr/bin/env python3
"""Speaks telephony's own announcements with espeak-ng, as WAV of 8 kHz: they must be there when nothing else is.

  announcements.py TEXTS OUT      one .wav in OUT for each .txt in TEXTS that is newer; without espeak-ng telephony uses tones
"""

import os
import subprocess
import sys


def speak(texts, out):
    os.makedirs(out, exist_ok=True)
    for text in sorted(os.listdir(texts)):
        source, target = os.path.join(texts, text), os.path.join(out, os.path.splitext(text)[0] + ".wav")
        if os.path.exists(target) and os.path.getmtime(target) >= os.path.getmtime(source):
            continue
        spoken = target + ".raw.wav"
        try:
            subprocess.run(["espeak-ng", "-v", "cmn", "-s", "150", "-f", source, "-w", spoken], check=True, stdout=subprocess.DEVNULL)
            subprocess.run(["sox", "-V1", spoken, "-r", "8000", "-c", "1", "-b", "16", target + ".new.wav"], check=True)
            os.replace(target + ".new.wav", target)
            os.unlink(spoken)
        except (OSError, subprocess.CalledProcessError) as error:
            print("no built-in announcement %s: %s" % (text, error))
    return out


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    speak(sys.argv[1], sys.argv[2])
