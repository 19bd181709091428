"""The triggers on votes that keep tallies, exact whatever happens at once.

All of them wait for a merge or an undo that is at work on the ideas, and have it wait for them: KEY SHARE against its
FOR UPDATE. Only then do they look which idea the votes count for. The rows of tallies are locked before members are
compared, so that one who supports or withdraws twice at once within a tree is seen by the second of the two. Votes are
locked first, then ideas, then tallies, each in the order of keys. Each statement of a function sees what was committed
before it began.

A member counts in a tree of merged ideas who has a valid vote there and none that was invalidated.
"""

import pgtrigger

COUNT_CAST = """
    PERFORM FROM manifesto_idea WHERE id IN (SELECT idea_id FROM cast_votes) ORDER BY id FOR KEY SHARE;
    FOR tree IN
        SELECT COALESCE(idea.survivor_id, idea.id) AS root, count(*) AS votes
        FROM cast_votes JOIN manifesto_idea idea ON idea.id = cast_votes.idea_id GROUP BY 1 ORDER BY 1
    LOOP
        IF NOT EXISTS (SELECT FROM manifesto_idea WHERE survivor_id = tree.root) THEN
            INSERT INTO manifesto_tally (idea_id, supporters, withdrawn) VALUES (tree.root, tree.votes, 0)
            ON CONFLICT (idea_id) DO UPDATE SET supporters = manifesto_tally.supporters + EXCLUDED.supporters;
        ELSE
            PERFORM FROM manifesto_tally WHERE idea_id = tree.root FOR NO KEY UPDATE;
            UPDATE manifesto_tally SET supporters = supporters + (
                SELECT count(DISTINCT cast_votes.member_id) + count(*) FILTER (WHERE cast_votes.member_id IS NULL)
                FROM cast_votes JOIN manifesto_idea idea ON idea.id = cast_votes.idea_id
                WHERE COALESCE(idea.survivor_id, idea.id) = tree.root AND NOT EXISTS (
                    SELECT FROM manifesto_vote other JOIN manifesto_idea its ON its.id = other.idea_id
                    WHERE other.member_id = cast_votes.member_id
                    AND COALESCE(its.survivor_id, its.id) = tree.root
                    AND other.id NOT IN (SELECT id FROM cast_votes)
                )
            ) WHERE idea_id = tree.root;
        END IF;
    END LOOP;
    RETURN NULL;
"""
# A withdrawal is counted where the vote was cast. Support ends where it counted, with the member's last vote there; and
# where an invalidated one goes, as with an account, valid ones in the tree count again.
COUNT_WITHDRAWN = """
    PERFORM FROM manifesto_idea WHERE id IN (SELECT idea_id FROM withdrawn_votes) ORDER BY id FOR KEY SHARE;
    PERFORM FROM manifesto_tally WHERE idea_id IN (
        SELECT unnest(ARRAY[idea.id, COALESCE(idea.survivor_id, idea.id)])
        FROM withdrawn_votes JOIN manifesto_idea idea ON idea.id = withdrawn_votes.idea_id
    ) ORDER BY idea_id FOR NO KEY UPDATE;
    UPDATE manifesto_tally SET withdrawn = withdrawn + change.withdrawals,
        invalidated = invalidated - change.invalid, supporters = supporters - change.gone
    FROM (
        SELECT idea_id, sum(withdrawals) AS withdrawals, sum(invalid) AS invalid, sum(gone) AS gone
        FROM (
            SELECT idea_id, count(*) AS withdrawals, count(invalidation_id) AS invalid, 0 AS gone
            FROM withdrawn_votes GROUP BY idea_id
            UNION ALL
            SELECT root, 0, 0, sum(
                (gone_invalid + left_invalid = 0)::int - (left_valid > 0 AND left_invalid = 0)::int
            )
            FROM (
                SELECT COALESCE(idea.survivor_id, idea.id) AS root, gone.member_id,
                    count(gone.invalidation_id) AS gone_invalid
                FROM withdrawn_votes gone JOIN manifesto_idea idea ON idea.id = gone.idea_id
                GROUP BY 1, 2, COALESCE(gone.member_id, -gone.id)
            ) theirs CROSS JOIN LATERAL (
                SELECT count(*) - count(other.invalidation_id) AS left_valid,
                    count(other.invalidation_id) AS left_invalid
                FROM manifesto_vote other JOIN manifesto_idea its ON its.id = other.idea_id
                WHERE other.member_id = theirs.member_id AND COALESCE(its.survivor_id, its.id) = theirs.root
            ) others GROUP BY root
        ) changes GROUP BY idea_id
    ) change WHERE manifesto_tally.idea_id = change.idea_id;
    RETURN NULL;
"""
# Invalidating is rare, so whole trees are counted anew. A vote that is being cast or withdrawn meanwhile either holds
# the tally's row, and is seen here once it is done, or waits for it, and adds itself afterwards.
COUNT_INVALIDATED = """
    IF NOT EXISTS (
        SELECT FROM votes_before earlier JOIN votes_after later USING (id)
        WHERE earlier.invalidation_id IS DISTINCT FROM later.invalidation_id
    ) THEN
        RETURN NULL;
    END IF;
    PERFORM FROM manifesto_idea WHERE id IN (SELECT idea_id FROM votes_after) ORDER BY id FOR KEY SHARE;
    roots := ARRAY(
        SELECT DISTINCT COALESCE(survivor_id, id) FROM manifesto_idea
        WHERE id IN (SELECT idea_id FROM votes_after)
    );
    PERFORM FROM manifesto_tally WHERE idea_id = ANY(roots) OR idea_id IN (SELECT idea_id FROM votes_after)
    ORDER BY idea_id FOR NO KEY UPDATE;
    UPDATE manifesto_tally SET supporters = counted.supporters
    FROM (
        SELECT root, count(*) FILTER (WHERE invalid = 0) AS supporters
        FROM (
            SELECT COALESCE(idea.survivor_id, idea.id) AS root, count(vote.invalidation_id) AS invalid
            FROM manifesto_vote vote JOIN manifesto_idea idea ON idea.id = vote.idea_id
            WHERE COALESCE(idea.survivor_id, idea.id) = ANY(roots) AND NOT vote.is_counted_elsewhere
            GROUP BY 1, COALESCE(vote.member_id, -vote.id)
        ) members GROUP BY root
    ) counted WHERE manifesto_tally.idea_id = counted.root;
    INSERT INTO manifesto_tally (idea_id, supporters, withdrawn, invalidated)
    SELECT idea_id, 0, 0, count(invalidation_id) FROM manifesto_vote
    WHERE idea_id IN (SELECT idea_id FROM votes_after) GROUP BY 1 ORDER BY 1
    ON CONFLICT (idea_id) DO UPDATE SET invalidated = EXCLUDED.invalidated;
    INSERT INTO manifesto_wordingtally (idea_id, wording, supporters)
    SELECT DISTINCT vote.idea_id, revision.wording, 0
    FROM manifesto_vote vote JOIN manifesto_revision revision ON revision.id = vote.revision_id
    WHERE vote.idea_id IN (SELECT idea_id FROM votes_after) ORDER BY 1, 2
    ON CONFLICT DO NOTHING;
    PERFORM FROM manifesto_wordingtally WHERE idea_id IN (SELECT idea_id FROM votes_after)
    ORDER BY idea_id, wording FOR NO KEY UPDATE;
    UPDATE manifesto_wordingtally tally SET supporters = (
        SELECT count(*) FROM manifesto_vote vote JOIN manifesto_revision revision ON revision.id = vote.revision_id
        WHERE vote.idea_id = tally.idea_id AND revision.wording = tally.wording AND vote.invalidation_id IS NULL
    ) WHERE idea_id IN (SELECT idea_id FROM votes_after);
    RETURN NULL;
"""


def _after(operation, name, func, referencing, declare=None):
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=referencing,
        declare=declare,
        func=func,
    )


def counting_triggers():
    """The triggers on votes that keep Tally, and WordingTally where votes are invalidated."""
    return [
        _after(
            pgtrigger.Insert,
            "count_vote",
            COUNT_CAST,
            pgtrigger.Referencing(new="cast_votes"),
            [("tree", "RECORD")],
        ),
        _after(
            pgtrigger.Delete,
            "count_withdrawal",
            COUNT_WITHDRAWN,
            pgtrigger.Referencing(old="withdrawn_votes"),
        ),
        _after(
            pgtrigger.Update,
            "count_invalidated",
            COUNT_INVALIDATED,
            pgtrigger.Referencing(old="votes_before", new="votes_after"),
            [("roots", "BIGINT[]")],
        ),
    ]
