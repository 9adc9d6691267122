import { CfnEIP } from "aws-cdk-lib/aws-ec2";
import { Construct } from "constructs";

/** The address by which Voice Connector and browsers know a host: it stays when the host is replaced. */
export class HostAddress extends Construct {
  readonly address: string;
  /** By which the address is given to a host. */
  readonly allocationId: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const elastic = new CfnEIP(this, "ElasticIp", { domain: "vpc" });
    this.address = elastic.attrPublicIp;
    this.allocationId = elastic.attrAllocationId;
  }
}
