# What our images use of python:*-slim: Debian, `python`, pip; trusts whom the building machine trusts.
FROM stand-in/debian
COPY certificates.crt /etc/ssl/certs/ca-certificates.crt
ENV PIP_CERT=/etc/ssl/certs/ca-certificates.crt SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt \
    PIP_BREAK_SYSTEM_PACKAGES=1 PIP_ROOT_USER_ACTION=ignore
RUN ln -s /usr/bin/python3 /usr/local/bin/python
CMD ["python"]
