"""The Serverless Framework: `serverless.yml` files, their variables, and the stacks that they are deployed as."""
