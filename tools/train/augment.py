"""Variations of facts and requests that the model must not be fooled by."""
import re

THIRD = re.compile(r"^(Prefers|Loves|Likes|Hates|Dislikes|Wants|Works|Lives|Uses|Has|Takes|Owns|Drives|Plays|Speaks|Knows|Needs|Avoids|Enjoys|Runs|"
                   r"Writes|Reads|Plans|Hopes|Earns|Rents|Studies|Teaches|Cooks|Eats|Drinks|Sleeps|Trains|Collects|Keeps|Follows|Thinks|Believes|"
                   r"Finds|Refuses|Supports|Distrusts|Commutes|Travels|Volunteers|Saves|Pays|Cares|Is|Does|Goes|Can|Cannot|Will|Was|Grew|Moved|Left|Started|Developed|Learned)\b")
BASE = {"Has": "have", "Is": "am", "Does": "do", "Goes": "go", "Studies": "study", "Teaches": "teach", "Was": "was"}
SAME = {"Can", "Cannot", "Will", "Was", "Grew", "Moved", "Left", "Started", "Developed", "Learned"}


def base_of(verb):
    return BASE.get(verb) or (verb.lower() if verb in SAME else verb.lower()[:-1])


def first_person(category, text):
    """'Prefers tea.' -> 'I prefer tea.' where the shape is known, else the text itself."""
    match = THIRD.match(text)
    if match:
        rest = text[match.end():]
        rest = re.sub(r"\b(his|her|their)\b", "my", rest)
        rest = re.sub(r"([;,] (?:and )?)(prefers|loves|likes|hates|wants|works|lives|uses|has|takes|needs|avoids|enjoys)\b",
                      lambda m: m.group(1) + base_of(m.group(2).capitalize()), rest)
        return "I " + base_of(match.group(1)) + rest
    if re.match(r"^(Allergic|Vegetarian|Vegan|Pregnant|Married|Divorced|Single|Retired|Born|Fluent|Afraid|Interested)\b", text):
        return "I am " + text[0].lower() + text[1:]
    return text


def voiced(category, text, rng, english=True):
    """The fact as stores write it: bare, with 'User', 'The user', or in the first person."""
    if not english:
        return text
    if text.startswith(("The user", "User", "I ", "I'")):
        stem = re.sub(r"^(The user|User) ", "", text)
        if stem != text and rng.random() < 0.4:
            return stem[0].upper() + stem[1:]
        return text
    draw = rng.random()
    if draw < 0.45:
        return text
    match = THIRD.match(text)
    if draw < 0.75:
        lead = "User " if draw < 0.6 else "The user "
        if match:
            return lead + text[0].lower() + text[1:]
        if text.startswith(("Allergic", "Vegetarian", "Vegan", "Married", "Retired")):
            return lead + "is " + text[0].lower() + text[1:]
        return lead.strip() + ": " + text
    return first_person(category, text)


def joined(preamble, question, rng):
    """A personal preamble before (rarely after) a question."""
    preamble = preamble.strip()
    if preamble and preamble[-1] not in ".!?。！？":
        preamble += rng.choice([".", ".", "!", ","])
    if rng.random() < 0.1:
        end = "" if question.rstrip()[-1:] in ".!?" else "."
        return f"{question.rstrip()}{end} {preamble}"
    return f"{preamble} {rng.choice(BRIDGES)}{question}"


BRIDGES = [""] * 12 + ["Anyway, ", "Quick question: ", "By the way, ", "So: ", "That made me wonder: ", "My question is this: ", "Can you tell me: ",
                       "I keep coming back to this: ", "Before I go on, ", "For the quiz: ", "Just out of curiosity, ", "Help me settle this: ",
                       "Someone asked me today: ", "Back to the list I was on: ", "One thing I want to check: ", "Unrelated: "]
