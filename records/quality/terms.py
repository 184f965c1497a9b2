"""Words of UK safeguarding that people outside one's own agency may not know, with plain ones of our own.

Each line: what is written (variants divided by |), then what to write instead. Abbreviations are found as
capitals only, the rest whatever their capitals. An agency adds words of its own and sets these aside by rows
(`records.models.Word`); this list comes with the code, so that it is reviewed with it.
"""

ABBREVIATIONS = """
ABE = recorded interview with a child or vulnerable witness
ACE|ACES = harmful experience in childhood
ACP = advance care plan
ADHD = attention deficit hyperactivity disorder
AMHP = approved mental health professional
AP = alternative provision: teaching outside the usual school
ASB = antisocial behaviour
ASC = autism, or adult social care: say which
ASD = autism
ASYE = social worker in their first year
BRAG = rating of risk by colour
C&F = child and family assessment
CAF = common assessment of what a family needs
CAFCASS = the court’s own advisers for children
CAMHS = mental health service for children and young people
CCE = criminal exploitation of a child
CDOP = panel that looks at how a child died
CDR = review of how a child died
CHC = health care at home paid for by the NHS
CHIN = child in need: a child whom the council must help
CIC = child in the council’s care
CIN = child in need: a child whom the council must help
CIOC = children in our care
CLA = child looked after by the council
CMHT = community mental health team
COP = Court of Protection
CP = child protection
CPC = child protection conference
CPCC = child protection case conference
CP-IS|CPIS = NHS alert that a child has a protection plan or is in care
CPN = community psychiatric nurse
CPOMS = the school’s record of concerns
CPP = child protection plan
CPS = Crown Prosecution Service
CSA = sexual abuse of a child
CSC = children’s social care
CSE = sexual exploitation of a child
CSPR = review after a child died or was seriously harmed
CWD = children with disabilities, or their team
CYP = child or young person
DA = domestic abuse
DARA|DASH = checklist of risk in domestic abuse
DBS = check of somebody’s criminal record
DHR = review after somebody died through domestic abuse
DOB = date of birth
DOLS = rules for when somebody’s freedom is taken away to keep them safe
DPO = data protection officer
DSL = designated safeguarding lead
DSP = safeguarding lead
DV = domestic abuse
DVDS = the right to be told of a partner’s violent past
EBSA = too anxious to go to school
EDT = emergency duty team, out of hours
EH = early help
EHA = early help assessment
EHCP = plan for a child’s special needs: education, health and care
EHE = taught at home
EHM = early help module, a record
EHP = early help plan
ELSA = helper for feelings at school
EPO = court order to keep a child safe at once
EWO = education welfare officer
FDAC = family drug and alcohol court
FGC = family group conference: the family makes its own plan
FGM = female genital mutilation
FII = illness that a carer invents or causes
FSM = free school meals
FSW = family support worker
FTA = did not attend
GCP|GCP2 = a way to grade how a child is cared for
HBA|HBV = abuse in the name of “honour”
HCPT = team for children’s health
HLO = hospital liaison officer
HRO = somebody thought likely to harm others
HV = health visitor
ICO = interim care order: the council shares the parents’ responsibility
ICPC = first child protection conference
IDVA = adviser for people who suffer domestic abuse
IHA = first health check for a child in care
IMCA = independent advocate for somebody who cannot decide
IMR = agency’s own review of what it did
IRO = independent officer who reviews a child’s care
ISVA = adviser for people who suffered sexual violence
JTAI = inspection of several agencies together
KCSIE = national rules for schools on keeping children safe
LA = the council
LAC = child looked after by the council
LADO = council officer for concerns about people who work with children
LPS = rules for when somebody’s freedom is taken away to keep them safe
LSCB|LSCP = the area’s safeguarding partnership for children
MACE = meeting of agencies about exploitation
MAPPA = arrangements for people who have harmed others
MARAC = meeting of agencies about high-risk domestic abuse
MARF = form to refer a child to social care
MASE = meeting of agencies about sexual exploitation
MASH = the front door where agencies look at concerns together
MCA = Mental Capacity Act: whether somebody can decide for themselves
MDS = modern slavery
MDT = meeting of several professions
MFH = missing from home
MHA = Mental Health Act
MOCA = somebody’s ability to decide
NAI = injury that somebody caused on purpose
NEET = not in work, education or training
NFA = nothing more was done: say why
NRM = national route for people who may be victims of slavery
NRPF = no right to benefits or housing
NWD = next working day
OIC = officer in charge of the case
OOA = living outside their own area
OOH = out of hours
PA = personal adviser, or personal assistant: say which
PEP = plan for the schooling of a child in care
PIPOT = person in a position of trust
PLO = last meetings with the council before it goes to court
PP|PPN = police report about somebody vulnerable
PPU = police team for protecting people
PR = parental responsibility
PRU = teaching unit outside the usual school
PVP = police team for vulnerable people
RAG = rating by red, amber or green
RCPC = child protection conference that looks again
RHI = talk with a child after they were missing
RSO = somebody on the register for sexual offences
S117|s117 = aftercare after a stay under the Mental Health Act
S17|s17|s.17|section 17 = help for a child in need
S20|s20|s.20|section 20 = in the council’s care by agreement
S42|s42|s.42|section 42 = enquiry by adult social care about abuse or neglect
S47|s47|s.47|section 47 = enquiry into whether a child is suffering serious harm
SALT = speech and language therapy
SAB = safeguarding adults board
SAR = review after an adult died or was seriously harmed, or a request for one’s own records: say which
SARC = centre for people who suffered sexual assault
SCR = serious case review
SDQ = questionnaire about a child’s feelings and behaviour
SEMH = social, emotional and mental health needs
SEN|SEND = special educational needs, and disability
SENCO|SENDCO = school’s coordinator for special needs
SGO = order that makes a relative or friend a child’s guardian
SHB = harmful sexual behaviour
SIO = officer who leads an investigation
SPA|SPOA = single place to ask for help
SPOC = the one person to contact
SUDI|SUDC = sudden death of a baby or child
SW = social worker
TAC|TAF = meeting of those who work with a child or family
TM = team manager
TOR = what was agreed to be looked at
UASC = child who came to the country alone
VAWG = violence against women and girls
VPRF = police report about somebody vulnerable
WNB = was not brought
YJS|YOS|YOT = youth justice team
YOI = prison for young people
"""

JARGON = """
acopia = say what was hard for them
adverse childhood experiences = harmful things that happened in childhood
at risk of significant harm = say what might happen, to whom and how badly
bottom line = what must happen
case closed = say what was decided and why
chaotic lifestyle = say what happens at home, and how often
child protection plan = plan to keep a child safe, agreed by several agencies
chronic neglect = say what was missing, how often and since when
complex needs = say which needs
misper = missing person
contingency plan = what we do if it does not work
core group = those who carry out the child’s plan
decision was made to step down|stepped down|step down = less help from now on: say which and why
did not attend|DNA|DNAs|DNA'd|DNAed = was not brought: for a child, say who was to bring them
discharged to universal services = back to the GP, school and health visitor alone
early help = support before things get worse: say what
edge of care = may have to live away from home
emotional abuse = say what was said or done, and how the child was
escalate|escalated = say whom you told and what you asked them to do
family dynamics = say who does what to whom
good enough parenting = say what the child gets and does not get
historic concerns|historical concerns = say what, when and who knew
home conditions = say what you saw in which room
in drink = had drunk alcohol: say how you know
intervention = say what was done
lack of engagement = say what was offered, when, and what happened
lateral checks = asking other agencies
low level|low-level = say what happened
no further action = nothing more was done: say why
no role for = say which help is not offered and why
ongoing concerns = say what, and since when
open to services|open to social care = somebody there works with them: say who
parental acrimony = the parents argue: say about what, and what the children hear
physical chastisement = hitting: say with what and where
placement breakdown = had to leave where they lived
poor attachment = say what you saw between them
presenting issues = why they came
professional curiosity = asking again, and looking
pro-social = helpful to others
protective factors = what keeps them safe: say what
risk taking behaviour|risk-taking behaviour = say what they do
safety plan = what everybody does to keep them safe
safeguarding concerns = say what you are worried about
section 47 enquiry = looking into whether a child is suffering serious harm
self-neglect = say what they do not do for themselves
service user = person
significant harm = serious harm: say what
sofa surfing = no home of their own: say where they sleep
strat|strat meeting|strategy discussion|strategy meeting = council, police and health agree what to do first
substance misuse = say what they take and what it does to their care of others
team around the child|team around the family = meeting of those who work with them
threshold|thresholds = say what would have to be true for help to be given
toxic trio = say which: domestic abuse, drink or drugs, mental illness
trauma informed|trauma-informed = say what you do differently
triage|triaged = say who looked at it and what they decided
universal services = the GP, school and health visitor
"""

# Words that say more of us than of them, or put on somebody what others did to them.
LABELS = """
absconded|absconds|absconding = was missing: say from where, how long, and what they were away from
aggressive = say what they did
alleged|alleges|allegedly = said
attention seeking|attention-seeking = say what they did, and what they may have needed
beyond parental control = say what happens at home
challenging behaviour = say what they do, and when
child prostitute = child who is sexually exploited
contact with the perpetrator was consensual = a child cannot agree to being exploited
difficult to place = no place was found
disengaged|failed to engage|refuses to engage|non-engagement = say what was offered, when, and what happened
disguised compliance = say what was agreed, what was done, and what you saw
failed to protect = say what she or he did, and what others did
hard to reach = we have not reached them: say how we tried
hostile = say what was said and done
inappropriate = say what was done
kept her appointments poorly|poor attender = say how many were missed, and why
lifestyle choice = say what happens, and what they could choose
manipulative = say what they said and did
non-compliant|noncompliant|non compliant = say what was asked, and what was done
promiscuous = say what worries you, and about whom
putting himself at risk|putting herself at risk|putting themselves at risk = say who is a risk to them
refused to disclose = did not say
streetwise = say what they know, and what they still need
toxic = say what happens
troublesome = say what they did
uncooperative = say what was asked, and what was done
vulnerable = say to what
"""

# Everybody knows these, or they are no abbreviations.
NOT_FLAGGED = frozenset(
    [
        "NHS",
        "UK",
        "GP",
        "BBC",
        "TV",
        "PE",
        "RE",
        "IT",
        "ID",
        "PIN",
        "USA",
        "EU",
        "OK",
        "AM",
        "PM",
        "UTC",
        "GMT",
        "BST",
        "PC",
        "CD",
        "DVD",
        "PDF",
        "SMS",
        "CCTV",
        "ATM",
        "VAT",
        "HMRC",
        "DWP",
        "MP",
        "II",
        "III",
        "IV",
        "VI",
        "VII",
        "VIII",
        "IX",
        "XI",
        "XII",
        "CM",
        "KG",
        "ML",
        "MG",
        "MM",
        "KM",
        "AND",
        "THE",
        "NOT",
        "HE",
        "SHE",
        "NO",
        "YES",
        "DAD",
        "MUM",
        "WAS",
        "IS",
        "ON",
        "IN",
        "TO",
        "OF",
        "AT",
        "IT",
        "MY",
        "ME",
        "WE",
        "HIS",
        "HER",
        "NOW",
        "ALL",
        "OUT",
        "BUT",
        "YOU",
        "ARE",
        "HAS",
        "HAD",
        "DO",
        "BE",
        "BY",
        "IF",
        "SO",
        "UP",
        "OR",
        "AN",
        "AS",
        "US",
    ]
)
