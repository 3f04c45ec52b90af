/// The Regions that the prefixes of usage types stand for: `USE1` is us-east-1.
///
/// Source: the table of billing region codes in the user guide of AWS Cost and Usage Reports and of Amazon S3.
enum BillingRegion {
    /// Returns the Region; the code itself in lower case if it is not known.
    static func name(_ code: String) -> String {
        names[code] ?? code.lowercased()
    }

    private static let names = [
        "AFS1": "af-south-1", "APE1": "ap-east-1", "APN1": "ap-northeast-1", "APN2": "ap-northeast-2",
        "APN3": "ap-northeast-3", "APS1": "ap-southeast-1", "APS2": "ap-southeast-2", "APS3": "ap-south-1",
        "APS4": "ap-southeast-3", "APS5": "ap-south-2", "APS6": "ap-southeast-4", "CAN1": "ca-central-1",
        "CAN2": "ca-west-1", "EU": "eu-west-1", "EUC1": "eu-central-1", "EUC2": "eu-central-2", "EUN1": "eu-north-1",
        "EUS1": "eu-south-1", "EUS2": "eu-south-2", "EUW1": "eu-west-1", "EUW2": "eu-west-2", "EUW3": "eu-west-3",
        "ILC1": "il-central-1", "MEC1": "me-central-1", "MES1": "me-south-1", "MXC1": "mx-central-1",
        "SAE1": "sa-east-1", "UGE1": "us-gov-east-1", "UGW1": "us-gov-west-1", "USE1": "us-east-1",
        "USE2": "us-east-2", "USW1": "us-west-1", "USW2": "us-west-2",
    ]
}
