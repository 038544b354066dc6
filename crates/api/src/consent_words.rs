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
            ("先前的連結維持原狀，沒有任何變更。", "返回 Portico"),
            ("What was connected before is as it was.", "Back to Portico"),
            ("以前の接続は変更されていません。", "Portico に戻る"),
            ("이전 연결은 변경되지 않았습니다.", "Portico로 돌아가기"),
            ("Co bylo připojeno dříve, zůstalo beze změny.", "Zpět do Portica"),
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
            ("請先登入", "您在這個瀏覽器中尚未登入 Portico。請先登入，再重新連結 Google。"),
            (
                "Please sign in first",
                "You are not signed in to Portico in this browser. Sign in, then connect Google again.",
            ),
            (
                "先にログインしてください",
                "このブラウザでは Portico にログインしていません。ログインしてから、もう一度 Google を接続してください。",
            ),
            (
                "먼저 로그인하세요",
                "이 브라우저에서 Portico에 로그인되어 있지 않습니다. 로그인한 후 Google을 다시 연결하세요.",
            ),
            (
                "Nejdřív se přihlaste",
                "V tomto prohlížeči nejste v Porticu přihlášeni. Přihlaste se a připojte Google znovu.",
            ),
        ],
        Refusal::NotPermitted => [
            ("您沒有連結 Google 的權限", "您的角色不允許連結 Google 帳戶。請管理員為您授權後再試一次。"),
            (
                "You may not connect Google",
                "None of your roles grants connecting a Google account. Ask an administrator, then try again.",
            ),
            (
                "Google を接続する権限がありません",
                "現在のロールでは Google アカウントの接続が許可されていません。管理者に依頼してから、もう一度お試しください。",
            ),
            (
                "Google을 연결할 권한이 없습니다",
                "현재 역할에는 Google 계정을 연결할 권한이 없습니다. 관리자에게 요청한 후 다시 시도하세요.",
            ),
            ("Google nemůžete připojit", "Žádná z vašich rolí to nedovoluje. Požádejte správce a zkuste to znovu."),
        ],
        Refusal::UnknownState | Refusal::Incomplete => [
            (
                "無法辨識這個授權連結",
                "這個網址不是由 Portico 產生，或內容不完整。請返回 Portico，重新按一下「連結 Google」。",
            ),
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
                "Portico에서 만든 주소가 아니거나 주소의 일부가 누락되었습니다. Portico로 돌아가 ‘Google 연결’을 다시 누르세요.",
            ),
            (
                "Tento odkaz není náš",
                "Adresu nevytvořilo Portico, nebo z ní část chybí. Vraťte se a znovu klikněte na „Připojit Google“.",
            ),
        ],
        Refusal::ReplayedState => [
            (
                "這個授權連結已經用過",
                "每個授權連結只能使用一次，重新整理頁面也算一次。請返回 Portico 查看帳戶的連結狀態，必要時再重新連結。",
            ),
            (
                "This link was used already",
                "It works once; reloading the page counts. Go back to see how your connection stands, and connect again if it is needed.",
            ),
            (
                "このリンクは使用済みです",
                "リンクは 1 回だけ有効で、ページの再読み込みも 1 回に数えます。Portico に戻って接続の状態を確認し、必要ならもう一度接続してください。",
            ),
            (
                "이미 사용한 링크입니다",
                "링크는 한 번만 사용할 수 있으며 페이지를 새로고침해도 사용한 것으로 처리됩니다. Portico로 돌아가 연결 상태를 확인하고 필요하면 다시 연결하세요.",
            ),
            (
                "Tento odkaz už byl použit",
                "Platí jen jednou a počítá se i nové načtení stránky. Vraťte se, podívejte se na stav připojení a případně účet připojte znovu.",
            ),
        ],
        Refusal::Expired => [
            ("等待時間過長", "Google 的授權頁面已開啟超過 10 分鐘。請返回 Portico 重新連結。"),
            ("This took too long", "Google's page was open for more than ten minutes. Go back and connect again."),
            (
                "時間切れです",
                "Google の同意画面を開いてから 10 分以上が経過しました。Portico に戻り、もう一度接続してください。",
            ),
            ("시간이 초과되었습니다", "Google 동의 화면을 연 지 10분이 지났습니다. Portico로 돌아가 다시 연결하세요."),
            (
                "Trvalo to příliš dlouho",
                "Stránka Googlu byla otevřená déle než deset minut. Vraťte se a připojte účet znovu.",
            ),
        ],
        Refusal::ForeignSession => [
            (
                "這個授權連結屬於另一個工作階段",
                "這個授權連結可能是在其他瀏覽器中建立、由其他人建立，或在您這次登入之前就已建立。請從這裡重新連結 Google。",
            ),
            (
                "This link belongs to another session",
                "It was begun in another browser, by somebody else, or before you last signed in. Connect Google again from here.",
            ),
            (
                "別のセッションのリンクです",
                "別のブラウザ、別の人、または今回のログインより前に開始されたものです。ここからもう一度 Google を接続してください。",
            ),
            (
                "다른 세션의 링크입니다",
                "다른 브라우저에서, 다른 사람이, 또는 마지막으로 로그인하기 전에 시작한 연결입니다. 여기에서 Google을 다시 연결하세요.",
            ),
            (
                "Tento odkaz patří jiné relaci",
                "Vznikl v jiném prohlížeči, u někoho jiného, nebo ještě před vaším posledním přihlášením. Připojte Google znovu odtud.",
            ),
        ],
        Refusal::WrongIssuer => [
            (
                "回應並非來自 Google",
                "為了安全起見，Portico 未採用這項回應。請返回 Portico 重新連結；如果再次發生，請告知管理員。",
            ),
            (
                "The answer did not come from Google",
                "To be safe, Portico did not use it. Go back and connect again; if it happens once more, tell an administrator.",
            ),
            (
                "Google からの応答ではありません",
                "安全のため、この応答は使用していません。Portico に戻り、もう一度接続してください。再び発生する場合は管理者にお知らせください。",
            ),
            (
                "Google에서 온 응답이 아닙니다",
                "안전을 위해 이 응답을 사용하지 않았습니다. Portico로 돌아가 다시 연결하세요. 문제가 다시 발생하면 관리자에게 알리세요.",
            ),
            (
                "Odpověď nepřišla od Googlu",
                "Z bezpečnostních důvodů ji Portico nepoužilo. Vraťte se a připojte účet znovu; pokud se to zopakuje, řekněte to správci.",
            ),
        ],
        Refusal::Denied => [
            ("您沒有同意授權", "您在 Google 的頁面選擇了取消，因此沒有連結任何帳戶。您隨時可以再試一次。"),
            (
                "You did not agree",
                "You pressed Cancel on Google's page, so nothing was connected. You can try again at any time.",
            ),
            (
                "同意されませんでした",
                "Google の画面でキャンセルが選ばれたため、アカウントは接続されていません。いつでもやり直せます。",
            ),
            (
                "동의하지 않았습니다",
                "Google 화면에서 취소를 눌러 연결되지 않았습니다. 언제든지 다시 시도할 수 있습니다.",
            ),
            (
                "Nesouhlasili jste",
                "Na stránce Googlu jste stiskli Zrušit, takže se nic nepřipojilo. Kdykoli to můžete zkusit znovu.",
            ),
        ],
        Refusal::AdminBlocked => [
            (
                "貴公司的 Google 管理員封鎖了 Portico",
                "請 Google Workspace 管理員在管理控制台中將 Portico 設為受信任的應用程式，然後再重新連結。",
            ),
            (
                "Your Google administrator blocks Portico",
                "Ask whoever manages Google Workspace to trust Portico in the Admin console, then connect again.",
            ),
            (
                "Google の管理者が Portico をブロックしています",
                "Google Workspace の管理者に、管理コンソールで Portico を信頼できるアプリに設定するよう依頼してから、もう一度接続してください。",
            ),
            (
                "Google 관리자가 Portico를 차단했습니다",
                "Google Workspace 관리자에게 관리 콘솔에서 Portico를 신뢰할 수 있는 앱으로 등록해 달라고 요청한 후 다시 연결하세요.",
            ),
            (
                "Správce Googlu Portico blokuje",
                "Požádejte správce Google Workspace, aby Portico v administrátorské konzoli označil za důvěryhodné, a připojte účet znovu.",
            ),
        ],
        Refusal::Refused => [
            ("Google 拒絕了請求", "請返回 Portico 再試一次；如果問題持續發生，請告知管理員。"),
            ("Google refused", "Go back and try again; if it keeps happening, tell an administrator."),
            (
                "Google に拒否されました",
                "Portico に戻り、もう一度お試しください。問題が続く場合は管理者にお知らせください。",
            ),
            (
                "Google에서 요청을 거부했습니다",
                "Portico로 돌아가 다시 시도하세요. 문제가 계속되면 관리자에게 알리세요.",
            ),
            ("Google žádost odmítl", "Vraťte se a zkuste to znovu; pokud to potrvá, řekněte to správci."),
        ],
        Refusal::ScopeMissing => [
            ("有一項權限沒有勾選", "缺少這項權限，功能就無法開啟。請重新連結，並在 Google 的頁面上勾選這項權限。"),
            (
                "A box was left unticked",
                "Without that permission the feature stays off. Connect again and tick the box on Google's page.",
            ),
            (
                "チェックされていない項目があります",
                "この権限がないと機能を利用できません。もう一度接続し、Google の画面で項目にチェックを入れてください。",
            ),
            (
                "선택하지 않은 항목이 있습니다",
                "이 권한이 없으면 기능을 사용할 수 없습니다. 다시 연결하고 Google 화면에서 해당 항목을 선택하세요.",
            ),
            (
                "Jedno políčko zůstalo nezaškrtnuté",
                "Bez tohoto oprávnění zůstává funkce vypnutá. Připojte účet znovu a políčko na stránce Googlu zaškrtněte.",
            ),
        ],
        Refusal::Colleagues => [
            (
                "同事已經連結這個 Google 帳戶",
                "一個 Google 帳戶只能由一個人連結。請返回 Portico，改選您自己的 Google 帳戶；如果這是您的帳戶，請管理員先中斷同事的連結。",
            ),
            (
                "A colleague has connected this Google account",
                "A Google account is connected by one person only. Go back and choose your own account; if this one is yours, ask an administrator to disconnect it from your colleague.",
            ),
            (
                "この Google アカウントは同僚が接続しています",
                "1 つの Google アカウントを接続できるのは 1 人だけです。Portico に戻り、自分の Google アカウントを選んでください。これが自分のアカウントの場合は、同僚の接続を解除するよう管理者に依頼してください。",
            ),
            (
                "이 Google 계정은 동료가 이미 연결했습니다",
                "하나의 Google 계정은 한 사람만 연결할 수 있습니다. Portico로 돌아가 본인의 Google 계정을 선택하세요. 이 계정이 본인의 것이라면 관리자에게 동료의 연결을 해제해 달라고 요청하세요.",
            ),
            (
                "Tento účet Google už připojil kolega",
                "Jeden účet Google může připojit jen jeden člověk. Vraťte se a vyberte svůj účet; pokud je tento účet váš, požádejte správce, aby ho od kolegy odpojil.",
            ),
        ],
        Refusal::WrongAccount => [
            (
                "您選擇了另一個 Google 帳戶",
                "這裡原本連結的是另一個帳戶。請再試一次並選擇原來的帳戶，或另外連結這個帳戶。",
            ),
            (
                "That was another Google account",
                "This connection belongs to a different account. Try again and choose that one, or add this account as a new connection.",
            ),
            (
                "別の Google アカウントが選ばれました",
                "この接続は別のアカウントのものです。元のアカウントを選び直すか、このアカウントを新しい接続として追加してください。",
            ),
            (
                "다른 Google 계정을 선택했습니다",
                "이 연결에는 다른 계정이 사용됩니다. 원래 계정을 선택해 다시 시도하거나 이 계정을 새 연결로 추가하세요.",
            ),
            (
                "To byl jiný účet Google",
                "Toto připojení patří jinému účtu. Zkuste to znovu a vyberte původní účet, nebo tento přidejte jako nové připojení.",
            ),
        ],
        Refusal::Resetting => [
            ("這個帳戶正在重設", "系統正在刪除 Portico 在 Google 建立的活動。請等待完成或停止刪除，然後再重新連結。"),
            (
                "This account is being reset",
                "The events that Portico made in it are being deleted at Google. Wait until that is done, or cancel the reset, then connect again.",
            ),
            (
                "このアカウントはリセット中です",
                "Portico が Google に作成した予定を削除しています。完了するまで待つか、削除を中止してから、もう一度接続してください。",
            ),
            (
                "이 계정을 초기화하는 중입니다",
                "Portico가 이 계정에 만든 일정을 Google에서 삭제하고 있습니다. 완료될 때까지 기다리거나 삭제를 중지한 후 다시 연결하세요.",
            ),
            (
                "Tento účet se právě resetuje",
                "V Googlu se mažou události, které v účtu vytvořilo Portico. Počkejte, až se to dokončí, nebo mazání zastavte, a pak účet připojte znovu.",
            ),
        ],
        Refusal::CodeUsed => [
            ("Google 的授權碼已失效", "授權碼只能使用一次，而且很快就會失效。請返回 Portico 重新連結。"),
            ("Google's code is no longer good", "It can be used once and for a short time. Go back and connect again."),
            (
                "Google のコードは無効になりました",
                "コードは 1 回しか使えず、有効期間も短時間です。Portico に戻り、もう一度接続してください。",
            ),
            (
                "Google 인증 코드가 더 이상 유효하지 않습니다",
                "코드는 짧은 시간 동안 한 번만 사용할 수 있습니다. Portico로 돌아가 다시 연결하세요.",
            ),
            ("Kód od Googlu už neplatí", "Lze ho použít jen jednou a platí krátce. Vraťte se a připojte účet znovu."),
        ],
        Refusal::WrongVerifier => [
            ("這項回應屬於另一次連結程序", "Google 無法辨識這次的連結要求，因此拒絕了。請返回 Portico 重新連結。"),
            (
                "The answer belongs to another attempt",
                "Google did not recognise this attempt and refused it. Go back and connect again.",
            ),
            (
                "別の接続手続きの応答です",
                "Google がこの手続きを確認できなかったため、拒否されました。Portico に戻り、もう一度接続してください。",
            ),
            (
                "다른 연결 시도의 응답입니다",
                "Google에서 이 연결 시도를 확인하지 못해 거부했습니다. Portico로 돌아가 다시 연결하세요.",
            ),
            (
                "Odpověď patří jinému pokusu",
                "Google tento pokus nerozpoznal, a proto ho odmítl. Vraťte se a připojte účet znovu.",
            ),
        ],
        Refusal::ClientMisconfigured => [
            (
                "Portico 的 Google 設定不正確",
                "OAuth 用戶端尚未設定或設定有誤。請管理員檢查用戶端 ID、用戶端密鑰和重新導向 URI。",
            ),
            (
                "Portico's Google set-up is not right",
                "The OAuth client is missing or wrong. Ask an administrator to check its client ID, client secret and redirect URI.",
            ),
            (
                "Portico の Google 設定に誤りがあります",
                "OAuth クライアントが未設定か、設定に誤りがあります。クライアント ID、クライアント シークレット、リダイレクト URI の確認を管理者に依頼してください。",
            ),
            (
                "Portico의 Google 설정이 올바르지 않습니다",
                "OAuth 클라이언트가 없거나 잘못되었습니다. 관리자에게 클라이언트 ID, 클라이언트 보안 비밀번호, 리디렉션 URI를 확인해 달라고 요청하세요.",
            ),
            (
                "Google není v Porticu správně nastaven",
                "Klient OAuth chybí nebo je chybný. Požádejte správce, ať zkontroluje ID klienta, tajný klíč a URI přesměrování.",
            ),
        ],
        Refusal::NoRefreshToken => [
            (
                "Google 沒有授予長期存取權",
                "請在您 Google 帳戶的「第三方應用程式和服務」頁面移除 Portico，然後重新連結。",
            ),
            (
                "Google gave no lasting permission",
                "Remove Portico on the page of third-party apps and services of your Google account, then connect again.",
            ),
            (
                "Google から継続的なアクセス権を得られませんでした",
                "Google アカウントの「サードパーティ製のアプリとサービス」のページで Portico を削除してから、もう一度接続してください。",
            ),
            (
                "Google에서 지속적인 액세스 권한을 부여하지 않았습니다",
                "Google 계정의 ‘서드 파티 앱 및 서비스’ 페이지에서 Portico를 삭제한 후 다시 연결하세요.",
            ),
            (
                "Google nedal trvalé oprávnění",
                "Ve svém účtu Google odeberte Portico na stránce Aplikace a služby třetích stran a připojte účet znovu.",
            ),
        ],
        Refusal::NotBelievable => [
            (
                "無法確認是哪一個帳戶",
                "Google 傳回的帳戶資訊未通過驗證，因此未採用。請再試一次；如果問題持續發生，請告知管理員。",
            ),
            (
                "The account could not be verified",
                "What Google said about the account did not pass the checks, so it was not used. Try again; if it keeps happening, tell an administrator.",
            ),
            (
                "アカウントを確認できませんでした",
                "Google から届いたアカウント情報を検証できなかったため、使用していません。もう一度お試しください。問題が続く場合は管理者にお知らせください。",
            ),
            (
                "계정을 확인할 수 없습니다",
                "Google에서 받은 계정 정보를 확인할 수 없어 사용하지 않았습니다. 다시 시도하세요. 문제가 계속되면 관리자에게 알리세요.",
            ),
            (
                "Účet se nepodařilo ověřit",
                "Údaje o účtu neprošly kontrolou, proto nebyly použity. Zkuste to znovu; pokud to potrvá, řekněte to správci.",
            ),
        ],
        Refusal::Unavailable => [
            ("Google 目前沒有回應", "請稍候片刻，再返回 Portico 重新連結。"),
            ("Google does not answer right now", "Wait a moment, then go back and connect again."),
            ("現在 Google が応答していません", "しばらく待ってから Portico に戻り、もう一度接続してください。"),
            ("현재 Google이 응답하지 않습니다", "잠시 후 Portico로 돌아가 다시 연결하세요."),
            ("Google teď neodpovídá", "Chvíli počkejte, vraťte se a připojte účet znovu."),
        ],
    }
}
