"""The version of euclave; the wheel takes it from here, since reading installed metadata would cost start-up time."""

VERSION = "0.1.0"
