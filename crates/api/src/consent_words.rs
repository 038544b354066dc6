//! What the page of a consent that did not work out says, in the five languages.

use portico_app::authorization::Refusal;
use portico_kernel::Locale;

/// What happened, and what to do.
type Text = (&'static str, &'static str);

/// The page's title and text.
pub(crate) fn refusal(refusal: Refusal, locale: Locale) -> Text {
    pick(texts(refusal), locale)
}

/// "Nothing was changed", "Back to Portico".
pub(crate) fn frame(locale: Locale) -> Text {
    pick(
        [
            ("原有的連線沒有任何變動。", "返回 Portico"),
            ("What was connected before is as it was.", "Back to Portico"),
            ("以前の接続はそのままです。", "Portico に戻る"),
            ("이전 연결은 그대로 있습니다.", "Portico로 돌아가기"),
            ("Co bylo propojeno dřív, zůstalo beze změny.", "Zpět do Portica"),
        ],
        locale,
    )
}

fn pick(row: [Text; 5], locale: Locale) -> Text {
    let [zh, en, ja, ko, cs] = row;
    match locale {
        Locale::ZhTw => zh,
        Locale::En => en,
        Locale::Ja => ja,
        Locale::Ko => ko,
        Locale::Cs => cs,
    }
}

fn texts(refusal: Refusal) -> [Text; 5] {
    match refusal {
        Refusal::NotSignedIn => [
            ("請先登入", "您在這個瀏覽器中沒有登入 Portico。請登入後再連結 Google。"),
            (
                "Please sign in first",
                "You are not signed in to Portico in this browser. Sign in, then connect Google again.",
            ),
            (
                "先にサインインしてください",
                "このブラウザーでは Portico にサインインしていません。サインインしてから、もう一度 Google を接続してください。",
            ),
            (
                "먼저 로그인하세요",
                "이 브라우저에서 Portico에 로그인되어 있지 않습니다. 로그인한 뒤 Google을 다시 연결하세요.",
            ),
            (
                "Nejdřív se přihlaste",
                "V tomto prohlížeči nejste v Porticu přihlášeni. Přihlaste se a propojte Google znovu.",
            ),
        ],
        Refusal::NotPermitted => [
            ("沒有連結 Google 的權限", "您的角色沒有這項權限。請管理員為您授權，再試一次。"),
            (
                "You may not connect Google",
                "None of your roles grants connecting a Google account. Ask an administrator, then try again.",
            ),
            (
                "Google を接続する権限がありません",
                "お使いの役割には Google アカウントの接続が許可されていません。管理者に依頼してください。",
            ),
            ("Google을 연결할 권한이 없습니다", "맡은 역할에 Google 계정 연결 권한이 없습니다. 관리자에게 요청하세요."),
            ("Google nemůžete propojit", "Žádná z vašich rolí to nedovoluje. Požádejte správce a zkuste to znovu."),
        ],
        Refusal::UnknownState | Refusal::Incomplete => [
            ("無法辨識這個連結", "這個網址不是由 Portico 開始的，或已不完整。請回到 Portico 重新按「連結 Google」。"),
            (
                "This link is not one of ours",
                "The address was not made by Portico, or part of it is missing. Go back and press Connect Google again.",
            ),
            (
                "このリンクは確認できません",
                "Portico が作成したアドレスではないか、一部が欠けています。Portico に戻り、もう一度「Google を接続」を押してください。",
            ),
            (
                "알 수 없는 링크입니다",
                "Portico에서 만든 주소가 아니거나 일부가 빠졌습니다. Portico로 돌아가 Google 연결을 다시 누르세요.",
            ),
            (
                "Tento odkaz není náš",
                "Adresu nevytvořilo Portico, nebo z ní část chybí. Vraťte se a stiskněte Propojit Google znovu.",
            ),
        ],
        Refusal::ReplayedState => [
            (
                "這個連結已經用過",
                "每個連結只能使用一次，重新整理頁面也算一次。請回到 Portico 查看結果，需要時再連結一次。",
            ),
            (
                "This link was used already",
                "It works once; reloading the page counts. Go back to see how your connection stands, and connect again if it is needed.",
            ),
            (
                "このリンクは使用済みです",
                "リンクは一度だけ有効で、ページの再読み込みも一回に数えます。Portico に戻って接続の状態を確認し、必要ならもう一度接続してください。",
            ),
            (
                "이미 사용한 링크입니다",
                "링크는 한 번만 쓸 수 있으며 새로 고침도 한 번으로 칩니다. Portico로 돌아가 상태를 확인하고 필요하면 다시 연결하세요.",
            ),
            (
                "Tento odkaz už byl použit",
                "Platí jen jednou a počítá se i nové načtení stránky. Vraťte se, podívejte se na stav propojení a případně propojte znovu.",
            ),
        ],
        Refusal::Expired => [
            ("時間已過", "Google 的同意頁面開啟超過十分鐘。請回到 Portico 再連結一次。"),
            ("This took too long", "Google's page was open for more than ten minutes. Go back and connect again."),
            (
                "時間切れです",
                "Google の同意画面を開いてから 10 分以上たちました。Portico に戻り、もう一度接続してください。",
            ),
            ("시간이 지났습니다", "Google 동의 화면이 10분 넘게 열려 있었습니다. Portico로 돌아가 다시 연결하세요."),
            (
                "Trvalo to příliš dlouho",
                "Stránka Googlu byla otevřená déle než deset minut. Vraťte se a propojte znovu.",
            ),
        ],
        Refusal::ForeignSession => [
            (
                "這個連結屬於另一個工作階段",
                "它是在另一個瀏覽器、由另一個人，或在您上次登入時開始的。請在這裡重新連結 Google。",
            ),
            (
                "This link belongs to another session",
                "It was begun in another browser, by somebody else, or before you last signed in. Connect Google again from here.",
            ),
            (
                "別のセッションのリンクです",
                "別のブラウザー、別の人、または前回のサインインで開始されたものです。ここから Google をもう一度接続してください。",
            ),
            (
                "다른 세션의 링크입니다",
                "다른 브라우저나 다른 사람, 또는 이전 로그인에서 시작되었습니다. 여기에서 Google을 다시 연결하세요.",
            ),
            (
                "Tento odkaz patří jiné relaci",
                "Začal v jiném prohlížeči, u někoho jiného, nebo před vaším posledním přihlášením. Propojte Google znovu odtud.",
            ),
        ],
        Refusal::WrongIssuer => [
            (
                "回覆不是來自 Google",
                "為了安全，Portico 沒有使用這個回覆。請回到 Portico 重新連結；若再次發生請告知管理員。",
            ),
            (
                "The answer did not come from Google",
                "To be safe, Portico did not use it. Go back and connect again; if it happens once more, tell an administrator.",
            ),
            (
                "Google からの応答ではありません",
                "安全のため、この応答は使用していません。もう一度接続し、繰り返す場合は管理者にお知らせください。",
            ),
            (
                "Google에서 온 응답이 아닙니다",
                "안전을 위해 이 응답을 사용하지 않았습니다. 다시 연결해 보고, 반복되면 관리자에게 알리세요.",
            ),
            (
                "Odpověď nepřišla od Googlu",
                "Z opatrnosti ji Portico nepoužilo. Propojte znovu; pokud se to zopakuje, řekněte to správci.",
            ),
        ],
        Refusal::Denied => [
            ("您沒有同意", "您在 Google 的頁面按了取消，所以沒有連結任何帳戶。需要時可以隨時再試。"),
            (
                "You did not agree",
                "You pressed Cancel on Google's page, so nothing was connected. You can try again at any time.",
            ),
            (
                "同意されませんでした",
                "Google の画面でキャンセルが選ばれたため、接続していません。いつでもやり直せます。",
            ),
            (
                "동의하지 않았습니다",
                "Google 화면에서 취소를 눌러 아무것도 연결하지 않았습니다. 언제든 다시 시도할 수 있습니다.",
            ),
            (
                "Nesouhlasili jste",
                "Na stránce Googlu jste stiskli Zrušit, takže se nic nepropojilo. Kdykoli to můžete zkusit znovu.",
            ),
        ],
        Refusal::AdminBlocked => [
            (
                "貴公司的 Google 管理員封鎖了 Portico",
                "請 Google Workspace 管理員在管理控制台將 Portico 設為受信任的應用程式。",
            ),
            (
                "Your Google administrator blocks Portico",
                "Ask whoever manages Google Workspace to trust Portico in the Admin console, then connect again.",
            ),
            (
                "Google の管理者が Portico を制限しています",
                "Google Workspace の管理者に、管理コンソールで Portico を信頼できるアプリにするよう依頼してください。",
            ),
            (
                "Google 관리자가 Portico를 차단했습니다",
                "Google Workspace 관리자에게 관리 콘솔에서 Portico를 신뢰하도록 요청한 뒤 다시 연결하세요.",
            ),
            (
                "Správce Googlu Portico blokuje",
                "Požádejte správce Google Workspace, aby Portico v konzoli označil za důvěryhodné, a propojte znovu.",
            ),
        ],
        Refusal::Refused => [
            ("Google 拒絕了請求", "請回到 Portico 再試一次；若持續發生請告知管理員。"),
            ("Google refused", "Go back and try again; if it stays, tell an administrator."),
            ("Google に拒否されました", "もう一度お試しください。続く場合は管理者にお知らせください。"),
            ("Google이 거부했습니다", "다시 시도해 보고, 계속되면 관리자에게 알리세요."),
            ("Google odmítl", "Vraťte se a zkuste to znovu; pokud to potrvá, řekněte to správci."),
        ],
        Refusal::ScopeMissing => [
            ("有一個方塊沒有勾選", "少了這項權限，這個功能無法開啟。請再連結一次，並在 Google 的頁面勾選對應的方塊。"),
            (
                "A box was left unticked",
                "Without that permission the feature stays off. Connect again and tick the box on Google's page.",
            ),
            (
                "チェックされていない項目があります",
                "この権限がないため機能はオフのままです。もう一度接続し、Google の画面で項目にチェックを入れてください。",
            ),
            (
                "선택하지 않은 항목이 있습니다",
                "이 권한이 없으면 기능을 켤 수 없습니다. 다시 연결하고 Google 화면에서 항목을 선택하세요.",
            ),
            (
                "Jedno políčko zůstalo nezaškrtnuté",
                "Bez tohoto oprávnění zůstává funkce vypnutá. Propojte znovu a políčko na stránce Googlu zaškrtněte.",
            ),
        ],
        Refusal::WrongAccount => [
            (
                "您選擇了另一個 Google 帳戶",
                "這個連線屬於另一個帳戶。請再試一次並選擇原來的帳戶，或將這個帳戶新增為另一個連線。",
            ),
            (
                "That was another Google account",
                "This connection belongs to a different account. Try again and choose that one, or add this account as a new connection.",
            ),
            (
                "別の Google アカウントが選ばれました",
                "この接続は別のアカウントのものです。元のアカウントを選び直すか、新しい接続として追加してください。",
            ),
            (
                "다른 Google 계정을 선택했습니다",
                "이 연결은 다른 계정의 것입니다. 원래 계정을 선택해 다시 시도하거나 새 연결로 추가하세요.",
            ),
            (
                "To byl jiný účet Google",
                "Toto propojení patří jinému účtu. Zkuste to znovu a vyberte ten původní, nebo tento přidejte jako nové propojení.",
            ),
        ],
        Refusal::Resetting => [
            ("這個帳戶正在重設", "它的活動正從 Google 刪除。請等待完成，或取消重設，再重新連結。"),
            (
                "This account is being reset",
                "Its events are being deleted at Google. Wait until that is done, or cancel the reset, then connect again.",
            ),
            (
                "このアカウントはリセット中です",
                "予定を Google から削除しています。完了するまで待つか、リセットを取り消してから、もう一度接続してください。",
            ),
            (
                "이 계정은 초기화 중입니다",
                "Google에서 일정을 삭제하고 있습니다. 끝날 때까지 기다리거나 초기화를 취소한 뒤 다시 연결하세요.",
            ),
            (
                "Tento účet se právě resetuje",
                "Jeho události se mažou v Googlu. Počkejte na konec, nebo reset zrušte, a propojte účet znovu.",
            ),
        ],
        Refusal::CodeUsed => [
            ("Google 的授權碼已失效", "它只能使用一次，而且只在短時間內有效。請回到 Portico 再連結一次。"),
            ("Google's code is no longer good", "It can be used once and for a short time. Go back and connect again."),
            ("Google のコードは無効になりました", "コードは一度だけ、短い時間のみ有効です。もう一度接続してください。"),
            (
                "Google 코드가 더 이상 유효하지 않습니다",
                "코드는 짧은 시간 동안 한 번만 쓸 수 있습니다. 다시 연결하세요.",
            ),
            ("Kód od Googlu už neplatí", "Lze ho použít jednou a jen krátce. Vraťte se a propojte znovu."),
        ],
        Refusal::WrongVerifier => [
            ("這個回覆屬於另一次連結", "Google 認為這不是由同一次連結開始的，因此拒絕了。請回到 Portico 再連結一次。"),
            (
                "The answer belongs to another attempt",
                "Google did not recognise this attempt and refused it. Go back and connect again.",
            ),
            ("別の接続手続きの応答です", "Google がこの手続きを確認できず、拒否しました。もう一度接続してください。"),
            ("다른 연결 시도의 응답입니다", "Google이 이 시도를 확인하지 못해 거부했습니다. 다시 연결하세요."),
            ("Odpověď patří jinému pokusu", "Google tento pokus nepoznal a odmítl ho. Vraťte se a propojte znovu."),
        ],
        Refusal::ClientMisconfigured => [
            (
                "Portico 的 Google 設定不正確",
                "OAuth 用戶端缺少或有誤。請管理員在 Google 設定中檢查用戶端編號、密鑰與重新導向網址。",
            ),
            (
                "Portico's Google set-up is not right",
                "The OAuth client is missing or wrong. Ask an administrator to check its id, secret and redirect address.",
            ),
            (
                "Portico の Google 設定に誤りがあります",
                "OAuth クライアントが未設定か誤っています。管理者に ID、シークレット、リダイレクト先の確認を依頼してください。",
            ),
            (
                "Portico의 Google 설정이 올바르지 않습니다",
                "OAuth 클라이언트가 없거나 잘못되었습니다. 관리자에게 ID, 비밀번호, 리디렉션 주소 확인을 요청하세요.",
            ),
            (
                "Google není v Porticu správně nastaven",
                "Klient OAuth chybí nebo je chybný. Požádejte správce, ať zkontroluje jeho id, tajný klíč a adresu přesměrování.",
            ),
        ],
        Refusal::NoRefreshToken => [
            ("Google 沒有給予長期權限", "請到 Google 帳戶的第三方存取頁面移除 Portico，再回來連結一次。"),
            (
                "Google gave no lasting permission",
                "Remove Portico on your Google account's page of third-party access, then connect again.",
            ),
            (
                "継続的な許可が得られませんでした",
                "Google アカウントのサードパーティ アクセスのページで Portico を削除してから、もう一度接続してください。",
            ),
            (
                "Google이 지속 권한을 주지 않았습니다",
                "Google 계정의 타사 액세스 페이지에서 Portico를 삭제한 뒤 다시 연결하세요.",
            ),
            (
                "Google nedal trvalé oprávnění",
                "Na stránce přístupu třetích stran ve svém účtu Google Portico odeberte a propojte znovu.",
            ),
        ],
        Refusal::NotBelievable => [
            ("無法確認是哪一個帳戶", "Google 對帳戶的說明無法驗證，因此沒有使用。請再試一次；若持續發生請告知管理員。"),
            (
                "The account could not be verified",
                "What Google said about the account did not pass the checks, so it was not used. Try again; if it stays, tell an administrator.",
            ),
            (
                "アカウントを確認できませんでした",
                "アカウント情報の検証に失敗したため使用していません。もう一度試し、続く場合は管理者にお知らせください。",
            ),
            (
                "계정을 확인할 수 없습니다",
                "계정 정보가 검증되지 않아 사용하지 않았습니다. 다시 시도하고, 계속되면 관리자에게 알리세요.",
            ),
            (
                "Účet se nepodařilo ověřit",
                "Údaje o účtu neprošly kontrolou, proto nebyly použity. Zkuste to znovu; pokud to potrvá, řekněte to správci.",
            ),
        ],
        Refusal::Unavailable => [
            ("Google 目前沒有回應", "請稍候片刻，再回到 Portico 連結一次。"),
            ("Google does not answer right now", "Wait a moment, then go back and connect again."),
            ("現在 Google が応答していません", "しばらく待ってから、もう一度接続してください。"),
            ("지금 Google이 응답하지 않습니다", "잠시 기다렸다가 다시 연결하세요."),
            ("Google teď neodpovídá", "Chvíli počkejte, vraťte se a propojte znovu."),
        ],
    }
}
