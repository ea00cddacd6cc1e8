"""One Streamlit script a page."""
