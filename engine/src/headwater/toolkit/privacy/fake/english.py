"""Invented data in English: North American numbers, British accounts.

Telephone numbers 555-0100 to 555-0199 are kept for fiction by the North American Numbering Plan.
"""

from __future__ import annotations

from headwater.toolkit.privacy.fake.words import Draw, Words, digits, listed


def _street(name: str, number: int) -> str:
    return f"{number} {name}"


def _postcode(draw: Draw) -> str:
    return digits(draw, 5)


def _phone(draw: Draw) -> str:
    return f"+1 {2 + draw(8)}{digits(draw, 2)} 555 01{digits(draw, 2)}"


def _account(draw: Draw) -> str:
    return f"HWTR{digits(draw, 14)}"


WORDS = Words(
    first_names=listed("""
        Adam, Alice, Amelia, Andrew, Anna, Arthur, Ava, Benjamin, Beth, Brian, Carol, Charles, Charlotte, Chloe,
        Claire, Daniel, David, Diana, Dylan, Edward, Eleanor, Ella, Emily, Emma, Ethan, Evelyn, Finn, Frank,
        Freya, George, Grace, Hannah, Harry, Hazel, Helen, Henry, Hugo, Ian, Isabel, Jack, James, Jane, Jason,
        Joan, John, Julia, Kate, Kevin, Laura, Leo, Liam, Lily, Louis, Lucy, Mark, Martin, Mary, Mason, Megan,
        Mia, Nathan, Nora, Oliver, Olivia, Oscar, Owen, Patrick, Paul, Peter, Rachel, Rebecca, Robert, Rose,
        Ruby, Ruth, Ryan, Sam, Sarah, Simon, Sophie, Stella, Susan, Theo, Thomas, Tom, Victor, Violet, Walter,
        William, Zoe"""),
    last_names=listed("""
        Adams, Allen, Anderson, Armstrong, Bailey, Baker, Barnes, Bell, Bennett, Brooks, Brown, Butler,
        Campbell, Carter, Chapman, Clark, Cole, Collins, Cook, Cooper, Cox, Davies, Dixon, Edwards, Ellis,
        Evans, Fisher, Ford, Foster, Fox, Gibson, Gray, Green, Griffin, Hall, Hamilton, Harper, Harris, Hart,
        Hayes, Henderson, Hill, Holmes, Howard, Hughes, Hunt, Jackson, James, Jenkins, Johnson, Jones, Kelly,
        King, Knight, Lawson, Lewis, Lloyd, Marshall, Martin, Mason, Miller, Mills, Mitchell, Moore, Morgan,
        Morris, Murphy, Nelson, Owen, Palmer, Parker, Perry, Phillips, Porter, Powell, Price, Reed, Reid,
        Reynolds, Richards, Roberts, Robinson, Rogers, Rose, Ross, Russell, Scott, Shaw, Simpson, Smith,
        Spencer, Stevens, Stewart, Stone, Taylor, Thompson, Turner, Walker, Ward, Watson, Webb, West, White,
        Williams, Wilson, Wood, Wright, Young"""),
    cities=listed("""
        Ashford, Bridgeport, Brookfield, Burlington, Cedar Falls, Chester, Clayton, Clinton, Dayton, Dover,
        Fairview, Franklin, Georgetown, Glenwood, Greenville, Hampton, Harrison, Hillsboro, Hudson, Jackson,
        Kingston, Lakewood, Lancaster, Lexington, Lincoln, Madison, Manchester, Marion, Milford, Milton,
        Newport, Norwood, Oakland, Oxford, Plymouth, Princeton, Richmond, Riverside, Rochester, Salem,
        Springfield, Stratford, Union City, Washington, Westfield, Weston, Winchester, Windsor, Woodstock,
        Wyndham"""),
    streets=listed("""
        Ash Lane, Birch Road, Bridge Street, Broad Street, Cedar Avenue, Cherry Lane, Chestnut Street,
        Church Street, Elm Street, Forest Drive, Garden Street, Grove Road, High Street, Highland Avenue,
        Hill Street, Hillcrest Road, Jefferson Street, King Street, Lake Street, Laurel Lane, Lincoln Avenue,
        Linden Road, Main Street, Maple Avenue, Market Street, Meadow Lane, Mill Road, Mulberry Street,
        North Street, Oak Street, Orchard Road, Park Avenue, Pine Street, Pleasant Street, Poplar Road,
        Prospect Street, Queen Street, Ridge Road, River Road, School Street, Spring Street, Spruce Lane,
        Station Road, Summit Avenue, Sunset Drive, Union Street, Valley Road, Victoria Road, Walnut Street,
        Water Street, West Street, Willow Lane, Windmill Lane, Woodland Drive"""),
    company_words=listed("""
        Alder, Anchor, Apex, Arbor, Aspen, Beacon, Birch, Blue River, Bright, Canyon, Cedar, Clear, Cobalt,
        Copper, Coral, Crescent, Delta, Drift, Ember, Evergreen, Falcon, Fern, Field, Flint, Granite, Harbor,
        Heron, Highland, Iron, Juniper, Keystone, Lantern, Linden, Maple, Meridian, Mill, Northern, Oak,
        Orchard, Pebble, Pine, Prairie, Quarry, Redwood, Ridge, Sage, Silver, Slate, Summit, Swift, Timber,
        Valley, Willow, Wren"""),
    company_forms=("Ltd", "Inc.", "LLC", "Group", "Partners", "& Co.", "& Sons", "Holdings"),
    country="GB",
    street=_street,
    postcode=_postcode,
    phone=_phone,
    account=_account,
)
