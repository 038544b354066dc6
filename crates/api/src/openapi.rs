//! What holds for every operation is said of each of them in the document, without being written at each.

use utoipa::openapi::{
    Content, OpenApi, Ref, RefOr, Response,
    path::{Operation, PathItem},
};

const PROBLEM: &str = "#/components/schemas/Problem";

/// Every operation may fail with a problem, problems have a media type of their own, and what changes something is refused
/// when another site's page asks for it.
pub(crate) fn complete(document: &mut OpenApi) {
    for item in document.paths.paths.values_mut() {
        for (changes, operation) in operations(item) {
            for response in operation.responses.responses.values_mut() {
                if let RefOr::T(response) = response {
                    say_problem(response);
                }
            }
            if changes {
                declare(operation, "403", "The request comes from another site, or no role grants it");
            }
            declare(operation, "default", "What went wrong otherwise");
        }
    }
}

/// The operations of a path, each with whether it changes something.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (bool, &mut Operation)> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    [(false, get), (true, put), (true, post), (true, delete), (true, patch)]
        .into_iter()
        .filter_map(|(changes, operation)| Some((changes, operation.as_mut()?)))
}

fn say_problem(response: &mut Response) {
    let is_problem = |content: &RefOr<Content>| match content {
        RefOr::T(Content { schema: Some(RefOr::Ref(to)), .. }) => to.ref_location == PROBLEM,
        _ => false,
    };
    if response.content.get("application/json").is_some_and(is_problem)
        && let Some(content) = response.content.swap_remove("application/json")
    {
        response.content.insert("application/problem+json".to_owned(), content);
    }
}

fn declare(operation: &mut Operation, status: &str, description: &str) {
    let responses = &mut operation.responses.responses;
    if responses.contains_key(status) {
        return;
    }
    let mut response = Response::new(description);
    let content = Content::new(Some(RefOr::Ref(Ref::new(PROBLEM))));
    response.content.insert("application/problem+json".to_owned(), content.into());
    responses.insert(status.to_owned(), response.into());
}
