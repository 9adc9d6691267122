import { CustomResource, Duration, Fn, Stack } from "aws-cdk-lib";
import { Certificate } from "aws-cdk-lib/aws-certificatemanager";
import {
  AllowedMethods,
  type BehaviorOptions,
  CachePolicy,
  Distribution,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  ResponseHeadersPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
  VpcOrigin,
  VpcOriginEndpoint,
} from "aws-cdk-lib/aws-cloudfront";
import { VpcOrigin as OriginInVpc } from "aws-cdk-lib/aws-cloudfront-origins";
import { CfnSecurityGroupIngress, type Instance, type Vpc } from "aws-cdk-lib/aws-ec2";
import {
  ApplicationLoadBalancer,
  ApplicationProtocol,
  DesyncMitigationMode,
  XffHeaderProcessingMode,
} from "aws-cdk-lib/aws-elasticloadbalancingv2";
import { InstanceTarget } from "aws-cdk-lib/aws-elasticloadbalancingv2-targets";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import type { Settings } from "../settings/settings.ts";
import { acknowledge } from "./acknowledge.ts";
import { Handler } from "./handler.ts";
import { type Network, ports } from "./network.ts";

export type PagesProps = {
  readonly settings: Settings;
  readonly network: Network;
  readonly hosts: readonly Instance[];
};

/** How the phone's pages and WebSockets reach the hosts: CloudFront, by a private way to a load balancer that nothing else reaches. */
export class Pages extends Construct {
  /** Where the phone is opened. */
  readonly url: string;
  readonly balancer: ApplicationLoadBalancer;
  readonly distribution: Distribution;

  constructor(scope: Construct, id: string, { settings, network, hosts }: PagesProps) {
    super(scope, id);
    this.balancer = this.#makeBalancer(network, hosts);
    const vpcOrigin = new VpcOrigin(this, "Way", {
      endpoint: VpcOriginEndpoint.applicationLoadBalancer(this.balancer),
      vpcOriginName: ownName(this, settings),
      protocolPolicy: OriginProtocolPolicy.HTTP_ONLY,
    });
    vpcOrigin.node.addDependency(network.hostSubnet.internetConnectivityEstablished);
    this.#letIn(vpcOrigin, network.vpc);
    this.distribution = this.#distribute(settings, vpcOrigin);
    this.url = `https://${settings.domainName ?? this.distribution.distributionDomainName}`;
  }

  /**
   * Idle connections are closed after 60 s: a WebSocket is asked for a sign of life every 30 s, and the server keeps its
   * side for 72 s. CloudFront says who asks in X-Forwarded-For, which passes as it is.
   */
  #makeBalancer({ vpc, balancer, balancerSubnets }: Network, hosts: readonly Instance[]): ApplicationLoadBalancer {
    const made = new ApplicationLoadBalancer(this, "Balancer", {
      vpc,
      internetFacing: false,
      vpcSubnets: { subnets: [...balancerSubnets] },
      securityGroup: balancer,
      idleTimeout: Duration.seconds(60),
      dropInvalidHeaderFields: true,
      desyncMitigationMode: DesyncMitigationMode.STRICTEST,
      xffHeaderProcessingMode: XffHeaderProcessingMode.PRESERVE,
    });
    const listener = made.addListener("Http", { port: 80, protocol: ApplicationProtocol.HTTP, open: false });
    listener.addTargets("Hosts", {
      port: ports.http,
      protocol: ApplicationProtocol.HTTP,
      targets: hosts.map((host) => new InstanceTarget(host, ports.http)),
      deregistrationDelay: Duration.seconds(30),
      healthCheck: { path: "/healthz", interval: Duration.seconds(15), healthyThresholdCount: 2 },
    });
    acknowledge(made, {
      "AwsSolutions-ELB2": "Whoever is let in or turned away stands in the server's own log, which is kept.",
    });
    return made;
  }

  /** The load balancer is reached from CloudFront's own group in this network, and from nowhere else. */
  #letIn(way: VpcOrigin, vpc: Vpc): void {
    const handler = new Handler(this, "GroupHandler", {
      entry: "origin-group-handler",
      description: "Finds the security group of CloudFront's way into the network",
      timeout: Duration.minutes(3),
    });
    handler.allow(new PolicyStatement({ actions: ["ec2:DescribeSecurityGroups"], resources: ["*"] }));
    acknowledge(handler.role, {
      "AwsSolutions-IAM5[Resource::*]": "What EC2 describes knows no narrower resource.",
    });
    const group = new CustomResource(this, "OriginGroup", {
      serviceToken: handler.serviceToken,
      resourceType: "Custom::OriginSecurityGroup",
      properties: { VpcId: vpc.vpcId },
    });
    group.node.addDependency(way);
    new CfnSecurityGroupIngress(this, "FromCloudFront", {
      groupId: Fn.select(0, this.balancer.loadBalancerSecurityGroups),
      sourceSecurityGroupId: group.getAttString("GroupId"),
      ipProtocol: "tcp",
      fromPort: 80,
      toPort: 80,
      description: "Pages and WebSockets, from CloudFront",
    });
  }

  #distribute(settings: Settings, vpcOrigin: VpcOrigin): Distribution {
    const { domainName, certificateArn, webAclArn } = settings;
    const origin = OriginInVpc.withVpcOrigin(vpcOrigin, {
      domainName: this.balancer.loadBalancerDnsName,
      readTimeout: Duration.seconds(60),
      keepaliveTimeout: Duration.seconds(50),
    });
    const behaviour: BehaviorOptions = {
      origin,
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      allowedMethods: AllowedMethods.ALLOW_ALL,
      // Host, Origin, cookies and whatever else the browser says: the server checks them.
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER,
      responseHeadersPolicy: this.#securityHeaders(settings),
    };
    const distribution = new Distribution(this, "Distribution", {
      comment: "Trunkline: the phone",
      httpVersion: HttpVersion.HTTP2_AND_3,
      defaultBehavior: { ...behaviour, cachePolicy: CachePolicy.CACHING_DISABLED },
      additionalBehaviors: {
        "/assets/*": {
          ...behaviour,
          allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
          cachePolicy: CachePolicy.USE_ORIGIN_CACHE_CONTROL_HEADERS,
          compress: true,
        },
      },
      minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
      ...(domainName !== undefined &&
        certificateArn !== undefined && {
          domainNames: [domainName],
          certificate: Certificate.fromCertificateArn(this, "Certificate", certificateArn),
        }),
      ...(webAclArn !== undefined && { webAclId: webAclArn }),
    });
    acknowledge(distribution, {
      "AwsSolutions-CFR1":
        "People call from everywhere; where may be called is the server's and the connector's to say.",
      "AwsSolutions-CFR2": "A web ACL of one's own can be named: webAclArn.",
      "AwsSolutions-CFR3": "Whoever is let in or turned away stands in the server's own log, which is kept.",
      "AwsSolutions-CFR4":
        "CloudFront's own name has CloudFront's own certificate; with domainName it is TLS 1.2 at least.",
      "AwsSolutions-CFR5": "The way to the load balancer is private, inside AWS.",
    });
    return distribution;
  }

  /** Of answers that CloudFront gives by itself, too; those of the server are not changed. */
  #securityHeaders(settings: Settings): ResponseHeadersPolicy {
    return new ResponseHeadersPolicy(this, "Headers", {
      responseHeadersPolicyName: ownName(this, settings),
      comment: "Trunkline",
      securityHeadersBehavior: {
        contentTypeOptions: { override: false },
        frameOptions: { frameOption: HeadersFrameOption.DENY, override: false },
        referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: false },
        strictTransportSecurity: {
          accessControlMaxAge: Duration.days(365),
          includeSubdomains: false,
          override: false,
        },
      },
    });
  }
}

/** CloudFront's names are an account's, whatever the region. */
const ownName = (scope: Construct, { region }: Settings): string => `${Stack.of(scope).stackName}-${region}`;
