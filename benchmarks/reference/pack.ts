// The counterpart of packs/signed.py for the reference's runner. ADDRESS and TYPE are filled in: its packs
// run where there are neither variables of the environment nor URLs.
import * as coda from "@codahq/packs-sdk";

export const pack = coda.newPack();
pack.addNetworkDomain("ADDRESS");
pack.setUserAuthentication({ type: coda.AuthenticationType.TYPE, service: "s3" });

pack.addFormula({
  name: "Get",
  description: "The body of one answer.",
  parameters: [],
  resultType: coda.ValueType.String,
  execute: async (_, context) => {
    const answer = await context.fetcher.fetch({ method: "GET", url: "http://ADDRESS/" });
    return JSON.stringify(answer.body);
  },
});

pack.addFormula({
  name: "Gets",
  description: "Requests a second, one after another.",
  parameters: [coda.makeParameter({ type: coda.ParameterType.Number, name: "count", description: "How many." })],
  resultType: coda.ValueType.Number,
  execute: async ([count], context) => {
    const url = "http://ADDRESS/small";
    await context.fetcher.fetch({ method: "GET", url });
    const start = Date.now();
    for (let number = 0; number < count; number++) {
      await context.fetcher.fetch({ method: "GET", url });
    }
    return (count * 1000) / (Date.now() - start);
  },
});
